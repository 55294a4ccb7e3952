package io.driftless.sim;

/** What is done after a while, and once, however often it is asked for before. */
final class Later {

    private final Timeline timeline;
    private final Runnable what;
    private boolean isDue;

    Later(Timeline timeline, Runnable what) {
        this.timeline = timeline;
        this.what = what;
    }

    /** After this long, or earlier if it is due already. */
    void in(long ns) {
        if (!isDue) {
            isDue = true;
            timeline.in(ns, () -> {
                isDue = false;
                what.run();
            });
        }
    }
}
