package io.driftless.transport.nio;

import io.driftless.transport.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.net.ExtendedSocketOptions;

/** How sockets are opened, set up and closed. */
final class Sockets {

    /** Explicit, since the kernel's own choice may be smaller than what {@link Outbound} writes without asking. */
    private static final int SEND_BUFFER_BYTES = 512 << 10;
    /**
     * For replies to a client. The kernel takes more only when a third of twice this is free again: with a larger one
     * {@link ServedClient} would take a slow reader for one that has stopped.
     */
    private static final int REPLIES_BUFFER_BYTES = 128 << 10;

    private Sockets() { }

    /**
     * Resolves the name anew and connects to the first of its addresses that answers.
     *
     * @param open learns of each channel before it connects, so that it can be closed from elsewhere
     */
    static SocketChannel connect(String address, long deadlineNs, OpenSockets open) throws IOException {
        HostPort target;
        try {
            target = HostPort.parse(address);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        return connect(resolve(target.host(), deadlineNs), target.port(), deadlineNs, open);
    }

    /**
     * Connects to the first of these addresses that answers. Each gets an equal share of the time that is left, so that
     * one behind which nobody is does not keep the next from being tried.
     */
    static SocketChannel connect(InetAddress[] candidates, int port, long deadlineNs, OpenSockets open)
            throws IOException {
        IOException failure = new UnknownHostException("a name without an address");
        for (int i = 0; i < candidates.length; i++) {
            int millis = Math.max(1, millisLeft(deadlineNs) / (candidates.length - i));
            SocketChannel channel = SocketChannel.open();
            open.add(channel);
            try {
                setUp(channel);
                channel.socket().connect(new InetSocketAddress(candidates[i], port), millis);
                return channel;
            } catch (IOException e) {
                failure = e;
                open.close(channel);
            }
        }
        throw failure;
    }

    /** Options that both sides set. */
    static void setUp(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        // A link between two followers may say nothing for days: the kernel finds out within some 8 s that the other
        // machine is gone.
        if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 5);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 1);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        }
    }

    /** Lets a client's slow reading be seen. */
    static void setUpForReplies(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, REPLIES_BUFFER_BYTES);
    }

    /** Where the other end is, {@code host:port}. */
    static String remoteAddress(SocketChannel channel) throws IOException {
        InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        return new HostPort(remote.getAddress().getHostAddress(), remote.getPort()).toString();
    }

    /** Closes what cannot be helped otherwise. */
    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // It is closed all the same.
        }
    }

    /** What is left, at least 1. */
    static int millisLeft(long deadlineNs) throws SocketTimeoutException {
        long left = deadlineNs - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }

    /**
     * Name resolution is a native call that would hold a carrier, and every virtual thread with it, for as long as a
     * name server is silent.
     */
    private static InetAddress[] resolve(String host, long deadlineNs) throws IOException {
        if (isLiteral(host)) {
            return InetAddress.getAllByName(host);
        }
        FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofPlatform().name("driftless-resolve-" + host).daemon().start(lookup);
        try {
            return lookup.get(millisLeft(deadlineNs), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new UnknownHostException("host name '" + host + "' does not resolve");
        } catch (TimeoutException e) {
            throw new UnknownHostException("no name server answers for '" + host + "'");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while resolving '" + host + "'", e);
        }
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.');
    }
}
