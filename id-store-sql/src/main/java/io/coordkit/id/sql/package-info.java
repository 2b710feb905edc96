@NullMarked
package io.coordkit.id.sql;

import org.jspecify.annotations.NullMarked;
