@NullMarked
package io.coordkit.lock.redlock.model;

import org.jspecify.annotations.NullMarked;
