@NullMarked
package io.coordkit.txn;

import org.jspecify.annotations.NullMarked;
