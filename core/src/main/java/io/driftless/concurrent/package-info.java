/**
 * Internal: how threads share work without waiting for each other.
 *
 * <p>{@link io.driftless.concurrent.Turn} is the one mechanism, wherever many bring work and one at a time does it: the
 * core's loop, the queues of disk and state machine, the lanes to the peers, the writer of a connection and the sender
 * of a client.
 *
 * <p>Imports nothing but the JDK.
 */
@NullMarked
package io.driftless.concurrent;

import org.jspecify.annotations.NullMarked;
