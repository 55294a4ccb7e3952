package io.driftless.node.driver;

import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.SnapshotOutcome.NotTaken;
import io.driftless.machine.SnapshotOutcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who has asked for a snapshot and waits for it. Each is told once, by whatever thread knows: of a snapshot that was
 * begun after the question. Who is told must not block. Thread safe.
 */
final class SnapshotWishes {

    private static final int WAITING_MAX = 64;

    private record Wish(long deadlineNs, Consumer<SnapshotOutcome> asker) { }

    private final LongSupplier clock;
    /** For the next one; guarded by this. */
    private final List<Wish> waiting = new ArrayList<>();
    /** For the one under way; guarded by this. */
    private final List<Wish> underWay = new ArrayList<>();
    private boolean closed;
    private volatile boolean isWanted;

    SnapshotWishes(LongSupplier clock) {
        this.clock = clock;
    }

    /** Adds one, who waits for at most so long; whoever has waited longer is forgotten when there is no more room. */
    void add(long timeLeftNs, Consumer<SnapshotOutcome> asker) {
        NotTaken refusal = refusal(new Wish(clock.getAsLong() + timeLeftNs, asker));
        if (refusal != null) {
            asker.accept(refusal);
        }
    }

    private synchronized @Nullable NotTaken refusal(Wish wish) {
        if (closed) {
            return new NotTaken(Reason.CLOSED, 0, "the node is stopping");
        }
        if (waiting.size() + underWay.size() >= WAITING_MAX) {
            long nowNs = clock.getAsLong();
            waiting.removeIf(old -> nowNs - old.deadlineNs() >= 0);
            underWay.removeIf(old -> nowNs - old.deadlineNs() >= 0);
        }
        if (waiting.size() + underWay.size() >= WAITING_MAX) {
            return new NotTaken(Reason.OVERLOADED, 0, WAITING_MAX + " wait for a snapshot already");
        }
        waiting.add(wish);
        isWanted = true;
        return null;
    }

    /** Whether anybody waits for one that has not begun. */
    boolean isWanted() {
        return isWanted;
    }

    /** One is begun: whoever waits now waits for this one. */
    synchronized void begun() {
        underWay.addAll(waiting);
        waiting.clear();
        isWanted = false;
    }

    /** The one that was begun came to this. */
    void ended(SnapshotOutcome outcome) {
        tell(taken(underWay), outcome);
    }

    /** None is begun: why. */
    void refuse(NotTaken why) {
        tell(taken(waiting), why);
    }

    /** From now on nobody waits. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        NotTaken stopping = new NotTaken(Reason.CLOSED, 0, "the node is stopping");
        refuse(stopping);
        ended(stopping);
    }

    private synchronized List<Wish> taken(List<Wish> from) {
        List<Wish> all = List.copyOf(from);
        from.clear();
        isWanted = !waiting.isEmpty();
        return all;
    }

    private static void tell(List<Wish> wishes, SnapshotOutcome outcome) {
        wishes.forEach(wish -> wish.asker().accept(outcome));
    }
}
