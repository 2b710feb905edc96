/** What both services and the checkout are made of: a command line, a database, a gRPC server, a journal of ids. */
@NullMarked
package io.coordkit.samples.service;

import org.jspecify.annotations.NullMarked;
