@NullMarked
package io.coordkit.config;

import org.jspecify.annotations.NullMarked;
