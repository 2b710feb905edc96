/** The sample's files: how they are read, and how they are generated. */
@NullMarked
package io.coordkit.samples.data;

import org.jspecify.annotations.NullMarked;
