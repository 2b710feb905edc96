@NullMarked
package io.coordkit.lock.redis;

import org.jspecify.annotations.NullMarked;
