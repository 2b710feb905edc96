@NullMarked
package io.coordkit.id.zookeeper;

import org.jspecify.annotations.NullMarked;
