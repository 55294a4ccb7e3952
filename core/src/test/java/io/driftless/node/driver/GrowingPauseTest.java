package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowingPauseTest {

    private static final long SECOND = 1_000_000_000L;

    private final GrowingPause pause = new GrowingPause();

    /** What comes three times a second for two hours is told 18 times, and the pauses double up to ten minutes. */
    @Test
    void tellsAtOnceAndThenAfterPausesThatDoubleUpToALimit() {
        List<Long> told = new ArrayList<>();
        for (long ms = 0; ms < 7_200_000; ms += 333) {
            if (pause.isDue(ms * 1_000_000)) {
                told.add(ms / 1000);
            }
        }
        assertEquals(List.of(0L, 5L, 15L, 35L, 76L, 156L, 316L, 636L, 1236L, 1836L), told.subList(0, 10));
        assertEquals(18, told.size());
    }

    @Test
    void countsWhatIsHeldBack() {
        assertTrue(pause.isDue(0));
        assertEquals(0, pause.takeHeld());
        assertFalse(pause.isDue(SECOND));
        assertFalse(pause.isDue(2 * SECOND));
        assertTrue(pause.isDue(5 * SECOND));
        assertEquals(2, pause.takeHeld());
        assertEquals(0, pause.takeHeld());
    }

    @Test
    void beginsAnewWhenItIsOverOrNothingHasComeForLong() {
        assertTrue(pause.isDue(0));
        assertTrue(pause.wasTold());
        pause.over();
        assertFalse(pause.wasTold());
        assertTrue(pause.isDue(SECOND));
        assertFalse(pause.isDue(2 * SECOND));
        assertTrue(pause.isDue(13 * SECOND), "nothing for more than twice the pause of 5 s");
        assertFalse(pause.isDue(17 * SECOND));
        assertTrue(pause.isDue(18 * SECOND), "the first pause again");
    }

    @Test
    void aChangeIsToldSoonerButNeverWithinTheFirstPause() {
        for (long s = 0; s <= 36; s++) {
            pause.isDue(s * SECOND);
        }
        pause.changed();
        assertFalse(pause.isDue(37 * SECOND), "told at 35");
        assertTrue(pause.isDue(40 * SECOND));
        pause.changed();
        pause.changed();
        assertFalse(pause.isDue(41 * SECOND));
    }
}
