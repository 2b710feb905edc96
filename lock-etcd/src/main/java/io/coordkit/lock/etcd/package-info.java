@NullMarked
package io.coordkit.lock.etcd;

import org.jspecify.annotations.NullMarked;
