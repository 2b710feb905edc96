@NullMarked
package io.coordkit.id.redis;

import org.jspecify.annotations.NullMarked;
