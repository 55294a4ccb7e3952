package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client in the node's process hears of one thing after the other, whichever thread of the node tells it. */
@Timeout(60)
class LocalClientsTest implements ClientTransport.Listener {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final CountDownLatch firstArrives = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<ClientConnection> connections = new CopyOnWriteArrayList<>();
    private final LocalClients clients = new LocalClients("a:1", (connection, request) -> connections.add(connection),
            (clusterId, address, timeout, listener) -> {
                throw new IOException("nobody else is there");
            });

    /** Is held up in the middle of the first reply. */
    @Override
    public void replied(List<ClientReply> replies) {
        for (ClientReply reply : replies) {
            heard.add("begins " + reply.id());
            firstArrives.countDown();
            try {
                mayGoOn.await();
            } catch (InterruptedException nobodyDoesThis) {
                throw new AssertionError(nobodyDoesThis);
            }
            heard.add("ends " + reply.id());
        }
    }

    @Override
    public void closed(String why) {
        heard.add(why);
    }

    private static void answer(ClientConnection connection, long id) {
        connection.reply(new ClientReply.StatusAnswered(id, "{}"));
        connection.flush();
    }

    @Test
    void repliesAreDeliveredByOneThreadAtATimeAndTheEndComesLast() throws Exception {
        ClientChannel channel = clients.connect("c", "a:1", LONG, this);
        channel.send(new ClientRequest.Status(1));
        ClientConnection connection = connections.getFirst();
        Thread first = Thread.ofPlatform().daemon(true).start(() -> answer(connection, 1));
        firstArrives.await();
        Thread others = Thread.ofPlatform().daemon(true).start(() -> {
            answer(connection, 2);
            answer(connection, 3);
            clients.end();
            answer(connection, 4);
        });
        // Nobody waits for the one who delivers.
        others.join();
        mayGoOn.countDown();
        first.join();
        assertEquals(List.of("begins 1", "ends 1", "begins 2", "ends 2", "begins 3", "ends 3", "the node has ended"),
                heard);
        assertFalse(connection.isOpen());
        assertFalse(channel.send(new ClientRequest.Status(5)));
    }

    @Test
    void whoConnectsToANodeThatHasEndedIsTurnedAway() {
        clients.end();
        assertEquals("a:1: the node has ended", assertThrows(IOException.class, () -> clients.connect("c", "a:1",
                LONG, this)).getMessage());
    }
}
