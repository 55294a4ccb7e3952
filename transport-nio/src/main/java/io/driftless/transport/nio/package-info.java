/** Blocking socket channels on virtual threads. */
@NullMarked
package io.driftless.transport.nio;

import org.jspecify.annotations.NullMarked;
