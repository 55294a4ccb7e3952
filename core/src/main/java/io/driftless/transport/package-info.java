/**
 * SPI: how servers and clients talk to each other.
 *
 * <p>A node makes its {@link io.driftless.transport.Transport} with a {@link io.driftless.transport.TransportFactory},
 * gives it a {@link io.driftless.transport.Receiver}, and sends on one of two lanes to each peer. Delivery on a lane is
 * in order or ends with the connection (R13). The end of a connection is reported after the last delivery, and the
 * beginning of a new connection after the end of the old one. A client opens
 * {@link io.driftless.transport.ClientChannel}s with a {@link io.driftless.transport.ClientTransport}; the node sees
 * each as a {@link io.driftless.transport.ClientConnection}.
 *
 * <p>Reading order: {@code Transport}, {@code Receiver}, {@code TransportContext}; then {@code ClientRequest},
 * {@code ClientReply}, {@code ClientTransport}. The suite {@code TransportContract} in the testkit says what every
 * implementation must do. The implementations are {@code NioTransport} (TCP) and {@code InMemoryNetwork} (in the
 * testkit).
 *
 * <p>Must not import {@code io.driftless.node}, a codec, or anything that does I/O: interfaces and values only. What
 * clients see does not use Agrona.
 */
@NullMarked
package io.driftless.transport;

import org.jspecify.annotations.NullMarked;
