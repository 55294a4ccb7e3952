package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.transport.TransportListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WarningsTest {

    private final List<String> said = new ArrayList<>();
    private long nowNs = 1;
    private final Warnings warnings = new Warnings(new TransportListener() {
        @Override
        public void warning(String message) {
            said.add(message);
        }

        @Override
        public void badFrame(String remote, String message) { }
    }, () -> nowNs);

    @Test
    void theSameIsSaidOnceUntilItChanges() {
        warnings.say("link n2", "reset");
        warnings.say("link n2", "reset");
        warnings.say("link n2", "closed");
        warnings.say("link n3", "reset");
        assertEquals(List.of("reset", "closed", "reset"), said);
    }

    @Test
    void whatIsOverIsSaidAgain() {
        warnings.say("link n2", "reset");
        warnings.forget("link n2");
        warnings.say("link n2", "reset");
        assertEquals(List.of("reset", "reset"), said);
    }

    @Test
    void aLinkThatBreaksFortyTimesASecondIsSaidAFewTimesAMinute() {
        for (int i = 0; i < 40 * 60; i++) {
            warnings.say("link n2", "connection with n2 ended: bad frame");
            warnings.forget("link n2");
            nowNs += TimeUnit.MILLISECONDS.toNanos(25);
        }
        assertTrue(said.size() <= 10, said.toString());
        assertTrue(said.getLast().contains("such lines since the last were not said"), said.toString());
        said.clear();
        nowNs += TimeUnit.MINUTES.toNanos(3);
        warnings.say("link n2", "connection with n2 ended: bad frame");
        assertEquals(1, said.size(), "after a quiet time");
    }
}
