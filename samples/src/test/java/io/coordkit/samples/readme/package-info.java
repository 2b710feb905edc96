@NullMarked
package io.coordkit.samples.readme;

import org.jspecify.annotations.NullMarked;
