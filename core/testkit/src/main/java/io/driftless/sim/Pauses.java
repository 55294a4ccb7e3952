package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;

/** When a process was suspended, and how far its clock jumped: of both, its node's time counts a step at most. */
final class Pauses {

    /** No clock runs slower than so many hundredths of real time. */
    private static final long RATE_MIN_PERCENT = 94;

    /** A pause, in real time. */
    private record Pause(long fromNs, long untilNs) {

        /** How much longer it has lasted than a step, by the slowest clock. */
        long beyondMs(long nowNs, long stepMs) {
            return Math.max(0, (Math.min(untilNs, nowNs) - fromNs) / 1_000_000 * RATE_MIN_PERCENT / 100 - stepMs);
        }
    }

    private final Timeline timeline;
    private long untilNs;
    private final List<Pause> pauses = new ArrayList<>();
    /** By how much the clock jumped, each time. */
    private final List<Long> jumpsMs = new ArrayList<>();

    Pauses(Timeline timeline) {
        this.timeline = timeline;
    }

    /** When the last one ends. */
    long untilNs() {
        return untilNs;
    }

    void pause(long ms) {
        long nowNs = timeline.nowNs();
        boolean isLonger = untilNs > nowNs;
        untilNs = Math.max(untilNs, nowNs + ms * 1_000_000);
        pauses.add(new Pause(isLonger ? pauses.removeLast().fromNs() : nowNs, untilNs));
    }

    void end() {
        long nowNs = timeline.nowNs();
        if (untilNs > nowNs) {
            pauses.add(new Pause(pauses.removeLast().fromNs(), nowNs));
        }
        untilNs = 0;
    }

    void jump(long ms) {
        jumpsMs.add(ms);
    }

    /** What is left of a time by the node's clock if of each pause and each jump a step counts at most. */
    long countedMs(long clockMs, long stepMs) {
        long nowNs = timeline.nowNs();
        return clockMs - pauses.stream().mapToLong(each -> each.beyondMs(nowNs, stepMs)).sum()
                - jumpsMs.stream().mapToLong(each -> Math.max(0, each - stepMs)).sum();
    }
}
