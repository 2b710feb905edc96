/** What goes wrong below a log in files, for the log and for a coordinator on it; in the log's package to get there. */
@NullMarked
package io.coordkit.txn.core;

import org.jspecify.annotations.NullMarked;
