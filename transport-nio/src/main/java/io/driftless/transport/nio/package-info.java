/**
 * API: the transport over TCP. {@link io.driftless.transport.nio.NioTransport} is all that others use: {@code tcp()}
 * for a node, {@code clients()} for a client. Everything else is internal.
 *
 * <p>Blocking {@code SocketChannel}s, read by virtual threads (peers by platform threads, if asked for) and written by
 * whoever has something to say. One port serves peers and clients. Two servers are joined by one <em>link</em> of two
 * connections, a lane each, dialed by the server with the smaller id.
 *
 * <p>Reading order: {@code Frame} (the bytes), {@code FrameReader} and {@code Outbound} (in and out of a socket),
 * {@code Handshake} (who is there), {@code Connection}, {@code PeerLink} and {@code RemoteServer} (two lanes and what
 * they belong to), {@code Dialer} and {@code Acceptor} (how they come about), {@code ServedClient} and
 * {@code NioClientTransport} (the two ends of a client's connection), {@code ReplyRoom} (what may wait for a client).
 *
 * <p>Imports no codec: messages between servers are written by the {@code Serializer} that the node brings. What a
 * client loads ({@code NioClient*}, {@code ClientCodec}, {@code Handshake}, {@code Frame}, {@code Outbound}...) needs
 * no JVM flag: no Agrona, no {@code Unsafe}. Only {@code PeerCodec} knows Agrona's buffers.
 */
@NullMarked
package io.driftless.transport.nio;

import org.jspecify.annotations.NullMarked;
