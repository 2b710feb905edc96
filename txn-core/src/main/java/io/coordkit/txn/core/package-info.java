@NullMarked
package io.coordkit.txn.core;

import org.jspecify.annotations.NullMarked;
