@NullMarked
package io.coordkit.id;

import org.jspecify.annotations.NullMarked;
