@NullMarked
package io.coordkit;

import org.jspecify.annotations.NullMarked;
