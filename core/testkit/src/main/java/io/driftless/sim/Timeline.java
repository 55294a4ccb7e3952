package io.driftless.sim;

import java.util.PriorityQueue;

/** Simulated time, and what is to happen when. Things of the same time happen in the order they were put in. */
final class Timeline {

    private record Due(long atNs, long order, Runnable thing) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long nowNs;
    private long order;

    long nowNs() {
        return nowNs;
    }

    /** How many things have happened or will. */
    long count() {
        return order;
    }

    /** Has something happen then, or now if that is past. */
    void at(long atNs, Runnable thing) {
        queue.add(new Due(Math.max(atNs, nowNs), order++, thing));
    }

    /** Has something happen after so long. */
    void in(long ns, Runnable thing) {
        at(nowNs + ns, thing);
    }

    /** Lets the next thing happen, unless it is later than {@code untilNs}; whether it did. */
    boolean next(long untilNs) {
        Due due = queue.peek();
        if (due == null || due.atNs() > untilNs) {
            nowNs = Math.max(nowNs, untilNs);
            return false;
        }
        queue.remove();
        nowNs = due.atNs();
        due.thing().run();
        return true;
    }
}
