@NullMarked
package io.coordkit.benchmarks;

import org.jspecify.annotations.NullMarked;
