package io.driftless.node.driver;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says how a start gets on with applying what the log holds already: how much there is, now and then how far it is, and
 * when it is done. By who applies; passes on all it is told.
 */
final class ReplayLines implements ApplyQueue.Views {

    private static final long LINE_NS = 2_000_000_000L;

    private final ApplyQueue.Views views;
    private final LongSupplier clock;
    private final Consumer<String> info;
    private final long from;
    private final long end;
    private boolean isOver;
    /** How many were applied: a snapshot that comes in meanwhile stands for others. */
    private long count;
    private long beganNs;
    private long lineNs;

    /** {@code applied} is applied already, and the log ends at {@code last}. */
    ReplayLines(ApplyQueue.Views views, long applied, long last, LongSupplier clock, Consumer<String> info) {
        this.views = views;
        this.clock = clock;
        this.info = info;
        this.from = applied;
        this.end = last;
        this.isOver = last <= applied;
        if (!isOver) {
            info.accept(String.format(Locale.ROOT, "the log has %,d entries to apply, from index %d to %d: as soon as "
                    + "they are known to be committed", last - applied, applied + 1, last));
        }
    }

    @Override
    public void applied(long weight) {
        count++;
        views.applied(weight);
    }

    @Override
    public boolean isDue(long index) {
        // After every batch: nearly always this is all.
        if (!isOver) {
            look(index, clock.getAsLong());
        }
        return views.isDue(index);
    }

    private void look(long index, long nowNs) {
        if (index <= from) {
            beganNs = nowNs;
            lineNs = nowNs;
        } else if (index >= end) {
            isOver = true;
            if (count > 0) {
                info.accept(String.format(Locale.ROOT, "%,d entries of the log applied in %,d ms, %,d entries/s",
                        count, (nowNs - beganNs) / 1_000_000, rate(nowNs)));
            }
        } else if (nowNs - lineNs >= LINE_NS) {
            lineNs = nowNs;
            info.accept(String.format(Locale.ROOT, "%,d of %,d entries of the log applied, %,d entries/s",
                    count, end - from, rate(nowNs)));
        }
    }

    private long rate(long nowNs) {
        return Math.round(count * 1e9 / Math.max(1, nowNs - beganNs));
    }

    @Override
    public void take(long index) {
        views.take(index);
    }
}
