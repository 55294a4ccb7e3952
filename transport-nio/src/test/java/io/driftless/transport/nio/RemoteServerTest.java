package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver;
import org.junit.jupiter.api.Test;

/** One link to a server at a time: what ends it, and what begins another. */
final class RemoteServerTest {

    private final RemoteServer n2 = new RemoteServer(
            new Station(TestServer.contextOf("n1", "n1=127.0.0.1:1", "n2=127.0.0.1:2"), new RecordingReceiver(),
                    ConnectionLimits.ofThisProcess(), Versions.OWN),
            new ServerId("n2"), "127.0.0.1:2");

    private PeerLink newLinkWith(long boot) throws InterruptedException {
        return n2.replaceLink(1, TestServer.introduction("n2", boot), TestServer.soon()).orElseThrow();
    }

    /** The two connect while the knock is under way; it would cost them the new connection, for nothing. */
    @Test
    void aKnockOfTheStartThatTheNewLinkIsWithDoesNotBreakIt() throws InterruptedException {
        PeerLink link = newLinkWith(3);
        n2.startedAgain(TestServer.introduction("n2", 3));
        assertEquals("", link.brokenBecause());
    }

    @Test
    void aKnockOfALaterStartBreaksIt() throws InterruptedException {
        PeerLink link = newLinkWith(3);
        n2.startedAgain(TestServer.introduction("n2", 4));
        assertEquals("the server was started again", link.brokenBecause());
    }

    @Test
    void aNewLinkBeginsOnlyOnceTheEndOfTheOldOneWasTold() throws InterruptedException {
        PeerLink old = newLinkWith(3);
        assertTrue(n2.replaceLink(2, TestServer.introduction("n2", 4), System.nanoTime()).isEmpty());
        assertEquals("replaced by a new connection", old.brokenBecause());
        n2.ended(old);
        assertEquals("", newLinkWith(4).brokenBecause());
    }

    /** A stopped process has a kernel that takes connections, and may have greeted a moment before. */
    @Test
    void aLinkThatStandsIsNoSignOfLifeYet() throws InterruptedException {
        PeerLink link = newLinkWith(3);
        link.announce();
        assertTrue(link.hasStood());
        assertFalse(link.sawLife());
    }
}
