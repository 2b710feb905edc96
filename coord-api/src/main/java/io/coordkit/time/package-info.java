@NullMarked
package io.coordkit.time;

import org.jspecify.annotations.NullMarked;
