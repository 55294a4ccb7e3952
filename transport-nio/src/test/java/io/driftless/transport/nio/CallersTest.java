package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who must make room, on a clock of the test's own. */
class CallersTest {

    private final AtomicLong now = new AtomicLong();
    private final Callers callers = new Callers(2, 1_000, now::get);

    @Test
    void onlyWhoWasListenedToInVainForAWhileMakesRoom() throws Exception {
        try (SocketChannel unheard = SocketChannel.open(); SocketChannel silent = SocketChannel.open()) {
            callers.came(unheard);
            assertFalse(callers.isFull());
            callers.came(silent);
            assertTrue(callers.isFull());
            now.set(5_000);
            assertEquals(Optional.empty(), callers.overdue(), "its greeting may lie in the socket");
            callers.listenedTo(silent);
            now.set(5_999);
            assertEquals(Optional.empty(), callers.overdue());
            now.set(6_000);
            callers.listenedTo(unheard);
            assertEquals(Optional.of(silent), callers.overdue());
            assertFalse(callers.isFull());
            assertEquals(Optional.empty(), callers.overdue());
            assertEquals(Optional.of(unheard), callers.oldest(), "without descriptors any silence is too long");
        }
    }

    @Test
    void whoHasGreetedOrGoneIsNoCaller() throws Exception {
        try (SocketChannel first = SocketChannel.open(); SocketChannel second = SocketChannel.open()) {
            callers.came(first);
            callers.came(second);
            callers.listenedTo(first);
            callers.went(first);
            callers.went(second);
            callers.listenedTo(second);
            now.set(9_000);
            assertFalse(callers.isFull());
            assertEquals(Optional.empty(), callers.overdue());
        }
    }
}
