package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The waits between attempts to connect. */
final class ReconnectTest {

    private static void assertAbout(long nominal, long wait) {
        assertTrue(wait >= nominal * 3 / 4 && wait < nominal * 5 / 4, wait + " instead of about " + nominal);
    }

    @Test
    void waitsTwiceAsLongEachTimeUpToACapAndBeginsAgainAfterASignOfLife() {
        for (long seed = 0; seed < 200; seed++) {
            Reconnect reconnect = new Reconnect(new Random(seed));
            for (int round = 0; round < 2; round++) {
                for (long nominal = Reconnect.FIRST_NS; nominal < Reconnect.LAST_NS; nominal *= 2) {
                    assertAbout(nominal, reconnect.nextWaitNs());
                }
                assertAbout(Reconnect.LAST_NS, reconnect.nextWaitNs());
                assertAbout(Reconnect.LAST_NS, reconnect.nextWaitNs());
                reconnect.signOfLife();
            }
        }
    }
}
