@NullMarked
package io.coordkit.id.spi;

import org.jspecify.annotations.NullMarked;
