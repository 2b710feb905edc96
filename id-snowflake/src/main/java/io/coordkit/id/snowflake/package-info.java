@NullMarked
package io.coordkit.id.snowflake;

import org.jspecify.annotations.NullMarked;
