@NullMarked
package io.coordkit.testkit.server;

import org.jspecify.annotations.NullMarked;
