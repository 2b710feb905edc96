@NullMarked
package io.coordkit.testkit.txn;

import org.jspecify.annotations.NullMarked;
