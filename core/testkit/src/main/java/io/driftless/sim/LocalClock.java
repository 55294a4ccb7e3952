package io.driftless.sim;

/** A node's own clock: it runs at a rate of its own, and may jump ahead. */
final class LocalClock {

    private final Timeline timeline;
    private long permille;
    /** Local minus scaled real time. */
    private long jumpedNs;

    /** {@code permille}: how many thousandths of real time it runs at. */
    LocalClock(Timeline timeline, long permille, long originNs) {
        this.timeline = timeline;
        this.permille = permille;
        this.jumpedNs = originNs;
    }

    long nanoTime() {
        return jumpedNs + timeline.nowNs() / 1000 * permille + timeline.nowNs() % 1000 * permille / 1000;
    }

    /** How long, in real time, until so much has passed here. */
    long realNs(long ns) {
        return ns / permille * 1000 + ns % permille * 1000 / permille + 1;
    }

    void jump(long ns) {
        jumpedNs += ns;
    }

    /** Runs at another rate from now on. */
    void rate(long newPermille) {
        long nowNs = nanoTime();
        permille = newPermille;
        jumpedNs += nowNs - nanoTime();
    }
}
