package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.codec.RecordBody.SessionClosing;
import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RecordBodyTest {

    private static final UUID NONCE = new UUID(1, 2);

    @Test
    void anOpeningTakesTheEndsOfEachLimit() {
        assertEquals(1, new SessionOpening(NONCE, 1, 1, 0, 1, 0).window());
        assertEquals(65_535, new SessionOpening(NONCE, Long.MAX_VALUE, SessionOpening.WINDOW_MAX, Long.MAX_VALUE,
                Integer.MAX_VALUE, Long.MAX_VALUE).window());
    }

    @Test
    void anOpeningSaysWhichLimitIsWrong() {
        refused("a session that expires after 0 ms: it must be 1 ms or more",
                () -> new SessionOpening(NONCE, 0, 1, 0, 1, 0));
        refused("a session with a window of 0: it must be 1 to 65535",
                () -> new SessionOpening(NONCE, 1, 0, 0, 1, 0));
        refused("a session with a window of 65536: it must be 1 to 65535",
                () -> new SessionOpening(NONCE, 1, 65_536, 0, 1, 0));
        refused("a session with -1 bytes of results: it must be 0 or more",
                () -> new SessionOpening(NONCE, 1, 1, -1, 1, 0));
        refused("a limit of 0 sessions: it must be 1 or more", () -> new SessionOpening(NONCE, 1, 1, 0, 0, 0));
        refused("a limit of -1 bytes of results of all sessions: it must be 0 or more",
                () -> new SessionOpening(NONCE, 1, 1, 0, 1, -1));
    }

    @Test
    void aSessionIsAnIndexAndASerialNotNegative() {
        refused("a session of id 0: it must be 1 or more", () -> new SessionClosing(0));
        refused("a session of id 0: it must be 1 or more", () -> new SessionsRenewal(new TreeMap<>(Map.of(0L, 1L))));
        refused("session 3 with a lowest wanted serial of -1",
                () -> new SessionsRenewal(new TreeMap<>(Map.of(3L, -1L))));
    }

    @Test
    void aRenewalKeepsItsOwnMap() {
        TreeMap<Long, Long> given = new TreeMap<>(Map.of(3L, 1L));
        SessionsRenewal renewal = new SessionsRenewal(given);
        given.put(4L, 1L);
        assertEquals(Map.of(3L, 1L), renewal.lowestWanted());
        assertThrows(UnsupportedOperationException.class, () -> renewal.lowestWanted().put(5L, 1L));
    }

    private static void refused(String message, Executable making) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, making).getMessage());
    }
}
