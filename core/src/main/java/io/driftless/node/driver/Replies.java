package io.driftless.node.driver;

import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.util.ArrayList;
import java.util.List;

/** Replies of one round of work: queued one by one, sent with one write per client. Confined to one thread. */
final class Replies {

    private final List<ClientConnection> connections = new ArrayList<>(8);

    void add(ClientConnection connection, ClientReply reply) {
        connection.reply(reply);
        for (ClientConnection known : connections) {
            if (known == connection) {
                return;
            }
        }
        connections.add(connection);
    }

    void flush() {
        for (ClientConnection connection : connections) {
            connection.flush();
        }
        connections.clear();
    }
}
