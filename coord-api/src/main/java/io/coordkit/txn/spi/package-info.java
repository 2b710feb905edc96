@NullMarked
package io.coordkit.txn.spi;

import org.jspecify.annotations.NullMarked;
