package io.driftless.node.driver;

import io.driftless.concurrent.Turn;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * The client's way into a node of its own process, without a socket; to other members it goes by the node's transport.
 * A client's thread only queues: it never owns the core. Thread safe.
 */
final class LocalClients implements ClientTransport {

    private static final String ENDED = "the node has ended";

    private final String ownAddress;
    private final BiConsumer<ClientConnection, ClientRequest> node;
    private final ClientTransport others;
    private final Set<Local> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    LocalClients(String ownAddress, BiConsumer<ClientConnection, ClientRequest> node, ClientTransport others) {
        this.ownAddress = ownAddress;
        this.node = node;
        this.others = others;
    }

    @Override
    public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
            throws IOException {
        return connect(clusterId, GENERATION_UNKNOWN, address, timeout, listener);
    }

    /** A node of this process is of the generation that its client means: neither outlives the other. */
    @Override
    public ClientChannel connect(String clusterId, long generation, String address, Duration timeout,
            Listener listener) throws IOException {
        if (!address.equals(ownAddress)) {
            return others.connect(clusterId, generation, address, timeout, listener);
        }
        Local local = new Local(listener);
        open.add(local);
        // Whoever ends the node closes what stands in the set by then, or this looks behind it.
        if (ended) {
            local.close();
            throw new IOException(address + ": " + ENDED);
        }
        return local;
    }

    /** The run has ended: what was asked of it, and told to it, is gone. */
    void breakAll(String why) {
        open.forEach(local -> local.close(why));
    }

    /** The node has ended: nobody answers here any more. */
    void end() {
        ended = true;
        breakAll(ENDED);
    }

    private final class Local implements ClientChannel, ClientConnection {

        private final Listener listener;
        /** Many threads have something to deliver, and the listener is called by one at a time. */
        private final Turn turn = new Turn();
        private List<ClientReply> queued = new ArrayList<>();
        private boolean closed;
        private String why = "";
        private boolean told;

        Local(Listener listener) {
            this.listener = listener;
        }

        @Override
        public boolean send(ClientRequest request) {
            if (!isOpen()) {
                return false;
            }
            node.accept(this, request);
            return true;
        }

        @Override
        public synchronized void reply(ClientReply reply) {
            if (!closed) {
                queued.add(reply);
            }
        }

        @Override
        public void flush() {
            if (turn.announce()) {
                deliver();
            }
        }

        private void deliver() {
            boolean isMore;
            do {
                int announced = turn.announced();
                try {
                    deliverQueued();
                } finally {
                    isMore = turn.done(announced);
                }
            } while (isMore);
        }

        /** The end comes last, behind all that was answered before it. */
        private void deliverQueued() {
            List<ClientReply> replies;
            boolean isOver;
            synchronized (this) {
                replies = queued;
                queued = new ArrayList<>();
                isOver = closed && !told;
                told = closed;
            }
            if (!replies.isEmpty()) {
                listener.replied(replies);
            }
            if (isOver) {
                listener.closed(why);
            }
        }

        @Override
        public synchronized boolean isOpen() {
            return !closed;
        }

        @Override
        public String description() {
            return "a client in this process";
        }

        @Override
        public void close() {
            close("closed");
        }

        private void close(String because) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                why = because;
            }
            open.remove(this);
            flush();
        }
    }
}
