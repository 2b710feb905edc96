@NullMarked
package io.coordkit.samples.data;

import org.jspecify.annotations.NullMarked;
