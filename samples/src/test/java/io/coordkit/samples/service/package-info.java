@NullMarked
package io.coordkit.samples.service;

import org.jspecify.annotations.NullMarked;
