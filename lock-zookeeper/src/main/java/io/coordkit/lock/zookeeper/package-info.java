@NullMarked
package io.coordkit.lock.zookeeper;

import org.jspecify.annotations.NullMarked;
