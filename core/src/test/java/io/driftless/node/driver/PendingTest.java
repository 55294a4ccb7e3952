package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which requests are about a session that their connection does not speak for. */
class PendingTest {

    /** Hears nothing. */
    private enum Nobody implements ClientConnection {
        NOBODY;

        @Override
        public void reply(ClientReply reply) { }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public String description() {
            return "nobody";
        }
    }

    private final NamedSession session = new NamedSession(0, new UUID(1, 2));

    private Pending pending(Pending.Want want, long serial) {
        return new Pending(Nobody.NOBODY, 1, 1, want, session, serial, serial, Bytes.EMPTY);
    }

    @Test
    void nothingCanBeClosedOrExecutedThatIsNotOpenYet() {
        assertTrue(pending(Pending.Want.CLOSING, 0).isAboutNoSession());
        assertTrue(pending(Pending.Want.COMMAND, 1).isAboutNoSession());
        assertFalse(pending(Pending.Want.OPENING, 0).isAboutNoSession());
    }

    @Test
    void whatIsOpenCanBeClosed() {
        session.opened(5);
        assertFalse(pending(Pending.Want.CLOSING, 0).isAboutNoSession());
        assertFalse(pending(Pending.Want.COMMAND, 1).isAboutNoSession());
    }
}
