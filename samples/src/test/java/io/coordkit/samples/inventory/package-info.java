@NullMarked
package io.coordkit.samples.inventory;

import org.jspecify.annotations.NullMarked;
