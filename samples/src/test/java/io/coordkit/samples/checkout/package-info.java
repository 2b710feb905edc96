@NullMarked
package io.coordkit.samples.checkout;

import org.jspecify.annotations.NullMarked;
