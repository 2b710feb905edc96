/** Locks under faults: processes contend for a guarded resource while servers, networks and processes are hurt. */
@NullMarked
package io.coordkit.testkit.lock.fault;

import org.jspecify.annotations.NullMarked;
