package io.driftless.raft;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random schedules, each from a seed: {@code -Ddriftless.seeds=100000} runs so many, {@code -Ddriftless.seed=42}
 * begins with that one. Every run takes new seeds, and a failure prints the one to repeat.
 */
class RandomScheduleTest {

    private static final int LINES = 200;

    @Test
    void everyScheduleKeepsRaftsPromisesAndRecovers() {
        int seeds = Integer.getInteger("driftless.seeds", 300);
        long first = Long.getLong("driftless.seed", System.nanoTime());
        long events = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            events += run(seed);
        }
        org.slf4j.LoggerFactory.getLogger(RandomScheduleTest.class).info("{} schedules from seed {}, {} events", seeds,
                first, events);
    }

    private static long run(long seed) {
        try {
            return new Schedule(seed, false).run();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage() + "\n" + lastLinesOf(seed), failure);
        }
    }

    private static String lastLinesOf(long seed) {
        Schedule again = new Schedule(seed, true);
        try {
            again.run();
        } catch (AssertionError | RuntimeException expected) {
            List<String> story = again.story();
            return String.join("\n", story.subList(Math.max(0, story.size() - LINES), story.size()));
        }
        return "did not happen again";
    }
}
