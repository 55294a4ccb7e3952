package io.driftless.sim;

/** One thing that is to happen at one time, which may be moved forward; then it happens at the earlier time only. */
final class Appointment {

    private final Timeline timeline;
    private final Runnable thing;
    private long dueNs = Long.MAX_VALUE;

    Appointment(Timeline timeline, Runnable thing) {
        this.timeline = timeline;
        this.thing = thing;
    }

    /** Makes the appointment, or moves it forward. */
    void noLaterThan(long atNs) {
        if (atNs < dueNs) {
            dueNs = atNs;
            timeline.at(atNs, () -> meet(atNs));
        }
    }

    private void meet(long atNs) {
        if (atNs == dueNs) {
            dueNs = Long.MAX_VALUE;
            thing.run();
        }
    }
}
