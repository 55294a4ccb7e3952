package io.driftless.node.driver;

import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The client's way into a node of its own process, without a socket; to other members it goes by the node's transport.
 * A client's thread only queues: it never owns the core. Thread safe.
 */
final class LocalClients implements ClientTransport {

    private final String ownAddress;
    private final BiConsumer<ClientSession, ClientRequest> node;
    private final ClientTransport others;

    LocalClients(String ownAddress, BiConsumer<ClientSession, ClientRequest> node, ClientTransport others) {
        this.ownAddress = ownAddress;
        this.node = node;
        this.others = others;
    }

    @Override
    public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
            throws IOException {
        return address.equals(ownAddress) ? new Local(listener) : others.connect(clusterId, address, timeout, listener);
    }

    private final class Local implements ClientChannel, ClientSession {

        private final Listener listener;
        private List<ClientReply> queued = new ArrayList<>();
        private boolean closed;

        Local(Listener listener) {
            this.listener = listener;
        }

        @Override
        public boolean send(ClientRequest request) {
            synchronized (this) {
                if (closed) {
                    return false;
                }
            }
            node.accept(this, request);
            return true;
        }

        @Override
        public synchronized void reply(ClientReply reply) {
            queued.add(reply);
        }

        @Override
        public void flush() {
            List<ClientReply> replies;
            synchronized (this) {
                if (queued.isEmpty() || closed) {
                    return;
                }
                replies = queued;
                queued = new ArrayList<>();
            }
            listener.replied(replies);
        }

        @Override
        public String description() {
            return "a client in this process";
        }

        @Override
        public void close() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            listener.closed("closed");
        }
    }
}
