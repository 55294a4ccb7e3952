/** SPI. */
@NullMarked
package io.driftless.codec;

import org.jspecify.annotations.NullMarked;
