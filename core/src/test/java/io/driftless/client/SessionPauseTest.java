package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When a session goes on sending, at times that the test chooses. */
class SessionPauseTest {

    private final SessionPause pause = new SessionPause();

    @Test
    void lastsAsLongAsTheServerAskedForIt() {
        assertFalse(pause.isOn());
        assertEquals(Long.MAX_VALUE, pause.leftNs(0));
        pause.until(50);
        assertEquals(40, pause.leftNs(10));
        pause.until(30);
        assertEquals(40, pause.leftNs(10), "the longer of two");
        pause.until(60);
        assertEquals(0, pause.leftNs(60));
        assertTrue(pause.isOn(), "until it is ended");
        pause.end();
        assertFalse(pause.isOn());
    }

    @Test
    void endsEarlyOnceTheSerialThatItAwaitsIsNotWanted() {
        pause.untilUnwanted(7, 50);
        assertFalse(pause.isVain(7));
        assertTrue(pause.isVain(8));
        pause.end();
        assertFalse(pause.isVain(8));
    }

    @Test
    void whatTheServerAskedForDoesNotEndEarly() {
        pause.untilUnwanted(7, 50);
        pause.until(20);
        assertFalse(pause.isVain(8));
        assertEquals(50, pause.leftNs(0));
        pause.end();
        pause.until(20);
        pause.untilUnwanted(7, 50);
        assertFalse(pause.isVain(8));
        assertEquals(20, pause.leftNs(0));
    }
}
