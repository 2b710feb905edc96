@NullMarked
package io.coordkit.id.etcd;

import org.jspecify.annotations.NullMarked;
