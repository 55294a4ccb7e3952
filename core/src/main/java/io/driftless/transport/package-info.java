/** SPI. */
@NullMarked
package io.driftless.transport;

import org.jspecify.annotations.NullMarked;
