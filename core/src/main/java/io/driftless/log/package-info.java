/** SPI. */
@NullMarked
package io.driftless.log;

import org.jspecify.annotations.NullMarked;
