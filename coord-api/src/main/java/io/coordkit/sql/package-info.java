@NullMarked
package io.coordkit.sql;

import org.jspecify.annotations.NullMarked;
