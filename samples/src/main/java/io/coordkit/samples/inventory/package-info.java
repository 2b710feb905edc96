/** The inventory service: stock, and the TCC participant that reserves it. */
@NullMarked
package io.coordkit.samples.inventory;

import org.jspecify.annotations.NullMarked;
