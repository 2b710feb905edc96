@NullMarked
package io.coordkit.txn.grpc;

import org.jspecify.annotations.NullMarked;
