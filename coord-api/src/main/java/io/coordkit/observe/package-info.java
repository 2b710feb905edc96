@NullMarked
package io.coordkit.observe;

import org.jspecify.annotations.NullMarked;
