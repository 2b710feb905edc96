/** Two-phase commit over XA databases and remote participants. */
@NullMarked
package io.coordkit.txn.twophase;

import org.jspecify.annotations.NullMarked;
