/** The checkout: a client that places orders, and the ledger that must balance afterwards. */
@NullMarked
package io.coordkit.samples.checkout;

import org.jspecify.annotations.NullMarked;
