@NullMarked
package io.coordkit.lock;

import org.jspecify.annotations.NullMarked;
