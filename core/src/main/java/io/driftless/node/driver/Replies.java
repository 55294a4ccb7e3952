package io.driftless.node.driver;

import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientSession;
import java.util.ArrayList;
import java.util.List;

/** Replies of one round of work: queued one by one, sent with one write per client. Confined to one thread. */
final class Replies {

    private final List<ClientSession> sessions = new ArrayList<>(8);

    void add(ClientSession session, ClientReply reply) {
        session.reply(reply);
        for (ClientSession known : sessions) {
            if (known == session) {
                return;
            }
        }
        sessions.add(session);
    }

    void flush() {
        for (ClientSession session : sessions) {
            session.flush();
        }
        sessions.clear();
    }
}
