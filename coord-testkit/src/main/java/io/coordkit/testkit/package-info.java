@NullMarked
package io.coordkit.testkit;

import org.jspecify.annotations.NullMarked;
