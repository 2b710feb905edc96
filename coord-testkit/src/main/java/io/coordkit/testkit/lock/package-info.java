@NullMarked
package io.coordkit.testkit.lock;

import org.jspecify.annotations.NullMarked;
