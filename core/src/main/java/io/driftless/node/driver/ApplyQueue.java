package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
import java.util.Queue;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
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

    private record Query(ClientSession session, ClientRequest.LocalQuery request, Runnable answered) { }

    private final MachineCalls machine;
    private final boolean inline;
    private final LongSupplier clock;
    private final EntryCache cache;
    private final RaftLog log;
    private final Proposals proposals;
    private final Failures failures;
    private final Queue<Query> queries = new ConcurrentLinkedQueue<>();
    private final Worker worker;
    private volatile long target;
    private volatile long applied;
    /** When the command being applied was begun, by the clock; 0 if none is. */
    private volatile long applyingSinceNs;
    /** Which thread is inside the machine, to recognise a call back into this cluster. */
    private volatile @Nullable Thread applyingThread;
    private volatile boolean failed;
    /** What the machine said of itself last, and when. */
    private volatile SortedMap<String, Long> gauges;
    private volatile long gaugesIndex;
    private volatile long gaugesNs;
    /** Whether it is asked already. */
    private volatile boolean gaugesWanted;
    /** Held while the machine is used, so that it is not closed meanwhile. */
    private final ReentrantLock applying = new ReentrantLock();

    /** By {@code clock}, which is above 0, it says since when it applies. */
    ApplyQueue(Engine engine, LongSupplier clock, String name, StateMachine machine, long applied, EntryCache cache,
            RaftLog log, Proposals proposals, Failures failures) {
        this.machine = new MachineCalls(machine);
        this.inline = machine.appliesInline();
        this.clock = clock;
        this.applied = applied;
        this.target = applied;
        this.cache = cache;
        this.log = log;
        this.proposals = proposals;
        this.failures = failures;
        this.worker = new Worker(engine, name, this::some, failures);
        this.gauges = firstGauges(applied);
        this.gaugesIndex = applied;
    }

    private SortedMap<String, Long> firstGauges(long index) {
        try {
            return machine.gauges(index);
        } catch (MachineCalls.Failed failed) {
            throw new NodeStartException(EndCause.STATE_MACHINE, String.valueOf(failed.getMessage()), failed);
        }
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
            if (worker.announce()) {
                worker.handOver();
            }
        }
    }

    /** Raises the target; called by the owner of the core. True: the caller must {@link #work} or hand over. */
    boolean upTo(long index) {
        target = index;
        return worker.announce();
    }

    /** Queues a local query; from any thread. {@code answered} is run when it waits no more. */
    void query(ClientSession session, ClientRequest.LocalQuery request, Runnable answered) {
        queries.add(new Query(session, request, answered));
        if (worker.announce()) {
            worker.handOver();
        }
    }

    /** Applies on the calling thread if the state machine is fast, otherwise hands over. Only for who has the turn. */
    void work() {
        if (inline) {
            worker.work();
        } else {
            worker.handOver();
        }
    }

    /** Leaves it to the own thread. Only for who has the turn. */
    void handOver() {
        worker.handOver();
    }

    long applied() {
        return applied;
    }

    /** Since when the present command has been in the machine, by the clock; 0 if none is. */
    long applyingSinceNs() {
        return applyingSinceNs;
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
            while (!failed && applied < end) {
                long batchEnd = Math.min(end, applied + BATCH);
                if (!applyUpTo(batchEnd, where, replies)) {
                    goOnElsewhere = true;
                    break;
                }
                replies.flush();
            }
            if (!failed && !goOnElsewhere) {
                answerQueries(replies);
                answerGauges();
            }
            replies.flush();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable failure) {
            fail(failure);
        }
        applyingSinceNs = 0;
        applyingThread = null;
        return goOnElsewhere ? -1 : announced;
    }

    private void fail(Throwable failure) {
        failed = true;
        failures.threw("driver", failure);
    }

    /** False if an entry must be read from the log, and this thread may not wait for it. */
    private boolean applyUpTo(long end, Worker.Where where, Replies replies) {
        applyingThread = Thread.currentThread();
        long first = applied + 1;
        boolean mayGoOn = true;
        for (long index = first; index <= end && mayGoOn && !failed; index++) {
            LogEntry entry = cache.entry(index);
            mayGoOn = entry != null || where == Worker.Where.OWN_THREAD;
            if (mayGoOn) {
                apply(index, entry == null ? read(index) : entry, replies);
            }
        }
        if (applied >= first) {
            machine.batchApplied(applied);
        }
        applyingThread = null;
        return mayGoOn;
    }

    private void apply(long index, LogEntry entry, Replies replies) {
        applyingSinceNs = clock.getAsLong();
        Result result = entry.type() == EntryType.COMMAND ? machine.apply(entry) : NOTHING;
        applyingSinceNs = 0;
        applied = index;
        proposals.applied(entry, result, replies);
    }

    private static final Result NOTHING = Result.ok(new byte[0]);

    private LogEntry read(long index) {
        try (LogReader reader = log.reader()) {
            if (!reader.seek(index)) {
                // What was only written counts under a relaxed policy; otherwise it must be there.
                HiddenEntries.check(log, index);
                throw new IllegalStateException("the committed entry " + index + " is not in the log");
            }
            return reader.entry();
        }
    }

    private void answerQueries(Replies replies) {
        for (Query query = queries.poll(); query != null; query = queries.poll()) {
            applyingSinceNs = clock.getAsLong();
            applyingThread = Thread.currentThread();
            Result result = machine.queryLocal(query.request().query().asByteBuffer(), applied);
            query.answered().run();
            replies.add(query.session(), new ClientReply.QueryAnswered(query.request().id(), applied, result));
        }
    }

    private void answerGauges() {
        long nowNs = System.nanoTime();
        if (gaugesWanted || !gauges.isEmpty() && gaugesIndex != applied && nowNs - gaugesNs > GAUGES_NS) {
            applyingSinceNs = clock.getAsLong();
            gaugesNs = nowNs;
            applyingThread = Thread.currentThread();
            long index = applied;
            gauges = machine.gauges(index);
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
