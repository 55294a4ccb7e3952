package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.raft.Lane;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a transport tells of peers whose processes are gone (R41): the part of its contract about ends. */
public abstract class ProcessEndContract extends TransportSetting {

    @Test
    void tellsThatAPeersProcessIsGoneBehindTheEndOfItsConnection() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        // A connection that came to nothing at once says nothing of the process.
        second.transport.send(N1, Lane.CONTROL, TestMessages.heartbeat(1));
        first.receiver.await("a sign of life", () -> first.receiver.messages(Lane.CONTROL).size() == 1);
        second.close();
        first.receiver.await("the end", () -> first.receiver.gone().equals(List.of(N2)));
        // Whichever side dials.
        Node again = node(N2, 2);
        first.awaitConnected(N2, 2);
        again.awaitConnected(N1, 1);
        first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(2));
        again.receiver.await("a sign of life", () -> again.receiver.messages(Lane.CONTROL).size() == 1);
        first.close();
        again.receiver.await("the end", () -> again.receiver.gone().equals(List.of(N1)));
    }

    @Test
    void aConnectionThatEndsSaysNothingOfAProcessThatTakesAnother() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        for (int i = 1; i <= 5; i++) {
            int connections = i;
            first.receiver.await("a connection", () -> first.receiver.connections() == connections);
            second.receiver.await("a connection", () -> second.receiver.connections() == connections);
            first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(i));
            second.transport.send(N1, Lane.CONTROL, TestMessages.heartbeat(i));
            first.receiver.await("a message", () -> first.receiver.messages(Lane.CONTROL).size() == connections);
            second.receiver.await("a message", () -> second.receiver.messages(Lane.CONTROL).size() == connections);
            second.transport.reintroduce();
        }
        assertEquals(List.of(), first.receiver.gone());
        assertEquals(List.of(), second.receiver.gone());
    }
}
