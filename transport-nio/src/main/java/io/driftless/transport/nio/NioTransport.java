package io.driftless.transport.nio;
public final class NioTransport { private NioTransport() {} public static io.driftless.transport.TransportFactory tcp() { throw new IllegalStateException(); }
 public static io.driftless.transport.ClientTransport clients() { throw new IllegalStateException(); } }
