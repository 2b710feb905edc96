@NullMarked
package io.coordkit.lock.spi;

import org.jspecify.annotations.NullMarked;
