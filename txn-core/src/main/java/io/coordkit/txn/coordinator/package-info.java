/**
 * What is the same for every kind of transaction: voting, the decision in the log, and carrying it out until every branch
 * has acknowledged.
 */
@NullMarked
package io.coordkit.txn.coordinator;

import org.jspecify.annotations.NullMarked;
