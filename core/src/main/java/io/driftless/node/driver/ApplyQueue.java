package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.LogException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies committed entries to the state machine, in order, away from the core: on the thread that learned of the
 * commit if the machine says that it is fast and the entry is in memory, otherwise on its own. Answers the clients
 * whose commands these were, and local queries in between.
 */
final class ApplyQueue implements AutoCloseable {

    /** How old what the machine said of itself may grow while it applies. */
    private static final long GAUGES_NS = 200_000_000;
    /** Entries applied before replies are sent, if more are waiting. */
    private static final int BATCH = 256;

    /** Is told what is applied, and takes views of the state in between. All by who applies. */
    interface Views {

        /** An entry of this weight was applied. */
        default void applied(long weight) { }

        /** Whether a view is to be taken before more is applied than {@code index}. */
        default boolean isDue(long index) {
            return false;
        }

        /** Takes it, as of {@code index}, which was applied last. */
        default void take(long index) { }
    }

    /**
     * Where the state machine failed: at one of the indexes behind {@code behind}, up to {@code upTo}. Of a batch, and
     * of all that has happened to what it says of itself, nobody knows which.
     */
    record Suspects(long behind, long upTo) {

        /** Whether both failures may be of one and the same index. */
        boolean meet(Suspects other) {
            return behind < other.upTo && other.behind < upTo;
        }
    }

    private final ReplicatedState state;
    private final boolean inline;
    private final EntryCache cache;
    private final RaftLog log;
    private final Proposals proposals;
    private final Views views;
    private final Failures failures;
    private final SnapshotStore snapshots;
    private final LongConsumer restored;
    private final QueryQueue queries;
    private final Worker worker;
    private volatile long target;
    private volatile long applied;
    /** From what the machine is to be restored before anything more is applied; null if from nothing. */
    private volatile @Nullable SnapshotId restoring;
    /** Which thread is inside the machine, to recognise a call back into this cluster. */
    private volatile @Nullable Thread applyingThread;
    private volatile boolean failed;
    /** The last index of a batch that the machine took. Of whoever applies, as the next one is. */
    private long taken;
    /** Where the call under way begins to be about more than one index; -1 if it is about the next one. */
    private long suspectBehind = -1;
    private volatile @Nullable Suspects suspects;
    /** Whether the machine was restored since it began. */
    private volatile boolean hasRestored;
    /** What the machine said of itself last, and when. */
    private volatile SortedMap<String, Long> gauges;
    private volatile long gaugesIndex;
    private volatile long gaugesNs;
    /** Whether it is asked already. */
    private volatile boolean gaugesWanted;
    /** Held while the machine is used, so that it is not closed meanwhile. */
    private final ReentrantLock applying = new ReentrantLock();

    /**
     * Asks the machine what it says of itself.
     *
     * @param restored is told of the index from which the machine goes on
     * @throws MachineCalls.Failed if the machine does not say it
     */
    ApplyQueue(Engine engine, String name, ReplicatedState state, boolean inline, long applied, EntryCache cache,
            Storage storage, Proposals proposals, QueryQueue queries, Views views, LongConsumer restored,
            Failures failures) {
        this.state = state;
        this.inline = inline;
        this.applied = applied;
        this.target = applied;
        this.taken = applied;
        this.cache = cache;
        this.log = storage.log();
        this.snapshots = storage.snapshots();
        this.restored = restored;
        this.proposals = proposals;
        this.queries = queries;
        this.views = views;
        this.failures = failures;
        this.worker = new Worker(engine, name, this::some, failures);
        this.gauges = state.gauges(applied);
        this.gaugesIndex = applied;
    }

    void start() {
        worker.start();
    }

    /** What the machine said of itself last. */
    SortedMap<String, Long> gauges() {
        return gauges;
    }

    /** Has the machine speak of itself again, soon, if it has applied anything since; nobody waits for it. */
    void refreshGauges() {
        if (!gauges.isEmpty() && gaugesIndex != applied && !gaugesWanted) {
            gaugesWanted = true;
            lookSoon();
        }
    }

    /** The same, unless it has spoken not long ago: so that what it says is of now once nothing is applied any more. */
    void refreshOldGauges() {
        if (System.nanoTime() - gaugesNs > GAUGES_NS) {
            refreshGauges();
        }
    }

    /** Raises the target; called by the owner of the core. True: the caller must {@link #work} or hand over. */
    boolean upTo(long index) {
        target = index;
        return worker.announce();
    }

    /** Has the machine restored before anything more is applied; as {@link #upTo}. */
    boolean restore(SnapshotId snapshot) {
        restoring = snapshot;
        return worker.announce();
    }

    /** Applies on the calling thread if the state machine is fast, otherwise hands over. Only for who has the turn. */
    void work() {
        if (inline) {
            worker.work();
        } else {
            worker.handOver();
        }
    }

    /** A view, queries or what the machine says of itself may be due, although nothing new is to be applied. */
    void lookSoon() {
        if (look()) {
            worker.handOver();
        }
    }

    /** There may be something to do; as {@link #upTo}. */
    boolean look() {
        return worker.announce();
    }

    /** Leaves it to the own thread. Only for who has the turn. */
    void handOver() {
        worker.handOver();
    }

    long applied() {
        return applied;
    }

    /** Whether the machine was restored from a snapshot since this queue began. */
    boolean hasRestored() {
        return hasRestored;
    }

    /** Whether the machine failed here. */
    boolean hasMachineFailed() {
        return suspects != null;
    }

    /** Where it stands, or where it failed. */
    Suspects suspects() {
        Suspects found = suspects;
        return found != null ? found : new Suspects(applied, applied + 1);
    }

    boolean isApplying(Thread thread) {
        return applyingThread == thread;
    }

    private Worker.Done some(Worker.Where where) {
        applying.lock();
        try {
            return new Worker.Done(applySome(where), Engine.Then.NOTHING);
        } finally {
            applying.unlock();
        }
    }

    private int applySome(Worker.Where where) {
        int announced = worker.announced();
        Replies replies = new Replies();
        boolean goOnElsewhere = false;
        try {
            long end = target;
            goOnElsewhere = !restoreIfDue(where) || !viewIfDue(where);
            while (!failed && !goOnElsewhere && applied < end) {
                goOnElsewhere = !applyUpTo(Math.min(end, applied + BATCH), where, replies);
                replies.flush();
                goOnElsewhere = goOnElsewhere || !restoreIfDue(where) || !viewIfDue(where)
                        || applied < end && !answerQueriesIfDue(where, replies);
            }
            goOnElsewhere = goOnElsewhere || !answerQueriesIfDue(where, replies);
            if (!failed && !goOnElsewhere) {
                answerGauges();
                goOnElsewhere = queries.isDue(applied);
            }
            replies.flush();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable failure) {
            fail(failure);
        }
        applyingThread = null;
        return goOnElsewhere ? -1 : announced;
    }

    /** Restores the machine if that is asked for; false if this thread may not, because it takes time. */
    private boolean restoreIfDue(Worker.Where where) throws IOException {
        SnapshotId due = restoring;
        if (due == null || failed) {
            return true;
        }
        if (where != Worker.Where.OWN_THREAD) {
            return false;
        }
        if (applied < due.index()) {
            StoredSnapshot snapshot = snapshots.newest().filter(newest -> newest.id().equals(due))
                    .orElseThrow(() -> new LogCorruptException("the snapshot " + due + " is gone"));
            applyingThread = Thread.currentThread();
            if (!restore(snapshot)) {
                return true;
            }
            applied = due.index();
            taken = applied;
            applyingThread = null;
        }
        if (restoring == due) {
            restoring = null;
        }
        restored.accept(applied);
        return restoring == null;
    }

    /**
     * False if the snapshot is damaged. A start in place mends that: it asks a leader for another one (R32). This
     * machine is not to be used further: it may have taken half of a state.
     */
    private boolean restore(StoredSnapshot snapshot) throws IOException {
        try {
            state.restore(snapshot);
            hasRestored = true;
            return true;
        } catch (MachineRestore.Unusable damaged) {
            failed = true;
            String done = "set aside: ";
            try {
                snapshots.setAside(snapshot);
            } catch (IOException | LogException problem) {
                // The start meets the damage again, and is refused if it cannot set it aside either.
                done = "cannot be set aside (" + ErrorEntry.messageOf(problem) + "): ";
                damaged.addSuppressed(problem);
            }
            failures.mendedByStart(EndCause.CORRUPT, "snapshot", done + ErrorEntry.messageOf(damaged)
                    + "; once it has started again, the node asks a leader for another one", damaged);
            return false;
        }
    }

    /** Takes a view if it is time; false if this thread may not, because the machine may need a moment for it. */
    private boolean viewIfDue(Worker.Where where) {
        // A machine that has failed may be in the middle of a command.
        boolean isDue = !failed && views.isDue(applied);
        if (isDue && where == Worker.Where.OWN_THREAD) {
            applyingThread = Thread.currentThread();
            views.take(applied);
            applyingThread = null;
        }
        return !isDue || where == Worker.Where.OWN_THREAD;
    }

    private void fail(Throwable failure) {
        failed = true;
        if (failure instanceof MachineCalls.Failed) {
            suspects = suspectBehind < 0 ? new Suspects(applied, applied + 1) : new Suspects(suspectBehind, applied);
        }
        failures.threw("driver", failure);
    }

    /** False if an entry must be read from the log, and this thread may not wait for it. */
    private boolean applyUpTo(long end, Worker.Where where, Replies replies) {
        applyingThread = Thread.currentThread();
        long first = applied + 1;
        boolean mayGoOn = true;
        for (long index = first; index <= end && mayGoOn && !failed; index++) {
            LogEntry entry = cache.entry(index);
            if (entry == null && where == Worker.Where.OWN_THREAD) {
                entry = read(index);
            }
            mayGoOn = entry != null;
            if (entry != null) {
                apply(index, entry, replies);
            }
        }
        if (applied >= first) {
            suspectBehind = taken;
            state.batchApplied(applied);
            taken = applied;
            suspectBehind = -1;
        }
        applyingThread = null;
        return mayGoOn;
    }

    private void apply(long index, LogEntry entry, Replies replies) {
        Answer answer = state.apply(entry);
        applied = index;
        views.applied(entry.weight());
        proposals.applied(entry, answer, replies);
    }

    /** Null if it is not in the log any more, because the machine is to be restored from what is behind it. */
    private @Nullable LogEntry read(long index) {
        try (LogReader reader = log.reader()) {
            if (!reader.seek(index)) {
                if (restoring != null) {
                    return null;
                }
                // What was only written counts under a relaxed policy; otherwise it must be there.
                HiddenEntries.check(log, index);
                throw new IllegalStateException("the committed entry " + index + " is not in the log");
            }
            return reader.entry();
        } catch (LogCompactedException gone) {
            if (restoring == null) {
                throw gone;
            }
            return null;
        }
    }

    /** Answers queries for a moment; false if this thread may not, because nobody knows how long a query takes. */
    private boolean answerQueriesIfDue(Worker.Where where, Replies replies) {
        boolean isDue = !failed && queries.isDue(applied);
        if (isDue && where == Worker.Where.OWN_THREAD) {
            applyingThread = Thread.currentThread();
            queries.answer(state, applied, replies);
            applyingThread = null;
            replies.flush();
        }
        return !isDue || where == Worker.Where.OWN_THREAD;
    }

    private void answerGauges() {
        long nowNs = System.nanoTime();
        if (gaugesWanted || !gauges.isEmpty() && gaugesIndex != applied && nowNs - gaugesNs > GAUGES_NS) {
            gaugesNs = nowNs;
            applyingThread = Thread.currentThread();
            long index = applied;
            suspectBehind = Math.min(gaugesIndex, index - 1);
            gauges = state.gauges(index);
            suspectBehind = -1;
            gaugesIndex = index;
            gaugesWanted = false;
        }
    }

    /** Ends the thread. A command that hangs is left alone with its thread, which is a daemon. */
    @Override
    public void close() {
        failed = true;
        worker.close();
    }

    /** Once it is closed: waits for the command that is under way, however long it takes; none comes after it. */
    void awaitLastCommand() {
        applying.lock();
        applying.unlock();
    }
}
