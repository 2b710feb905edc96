/** Locks in the memory of one process. */
@NullMarked
package io.coordkit.lock.memory;

import org.jspecify.annotations.NullMarked;
