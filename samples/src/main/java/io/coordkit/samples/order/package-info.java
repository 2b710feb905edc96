/** The order service: orders, each placed by one TCC transaction that is coordinated here. */
@NullMarked
package io.coordkit.samples.order;

import org.jspecify.annotations.NullMarked;
