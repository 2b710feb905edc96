@NullMarked
package io.coordkit.samples.backend;

import org.jspecify.annotations.NullMarked;
