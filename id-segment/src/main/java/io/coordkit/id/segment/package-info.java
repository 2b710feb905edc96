@NullMarked
package io.coordkit.id.segment;

import org.jspecify.annotations.NullMarked;
