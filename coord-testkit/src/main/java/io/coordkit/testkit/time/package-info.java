@NullMarked
package io.coordkit.testkit.time;

import org.jspecify.annotations.NullMarked;
