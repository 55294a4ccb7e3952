/** The durable log on Chronicle Queue. */
@NullMarked
package io.driftless.log.mmap;

import org.jspecify.annotations.NullMarked;
