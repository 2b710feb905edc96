@NullMarked
package io.coordkit.lock.redlock;

import org.jspecify.annotations.NullMarked;
