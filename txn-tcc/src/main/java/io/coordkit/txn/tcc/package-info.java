@NullMarked
package io.coordkit.txn.tcc;

import org.jspecify.annotations.NullMarked;
