@NullMarked
package io.coordkit.testkit.id;

import org.jspecify.annotations.NullMarked;
