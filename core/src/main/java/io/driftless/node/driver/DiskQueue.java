package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.log.Bytes;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.LogEntry;
import io.driftless.log.LogFullException;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.Storage;
import io.driftless.raft.Event;
import io.driftless.raft.HardState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Everything that is written, by one thread at a time. Writes of the log keep the order of the core's effects; what
 * queued up while the last one was under way is one batch with one sync. The hard state goes before all that waits, so
 * that a vote or a new term is at most one batch away from its answer, however long the backlog: a server whose term is
 * ahead of its log is as one that has heard of an election, and one whose log is ahead is R16's case. A failed write is
 * final: nothing is written after it.
 *
 * <p>Under a relaxed {@link DurabilityPolicy} a batch is complete when it is written. An overwrite is synced all the
 * same: whatever a power cut takes from the end of the log then, nothing superseded comes back (R18).
 */
final class DiskQueue implements AutoCloseable {

    /** Weight of one batch; larger ones took longer to sync than two smaller ones where we measured it. */
    private static final long BATCH_BYTES = 256 << 10;

    /** What is to be done with the log. */
    private sealed interface LogWrite {
        /** Entries to be written. */
        record Write(long writeId, boolean overwrite, List<LogEntry> entries) implements LogWrite { }

        /** The log goes on behind a snapshot. */
        record Reset(long writeId, long index, long term) implements LogWrite { }

        /** The log forgets its beginning. */
        record Compact(long upToIndex) implements LogWrite { }
    }

    /** What goes before every {@link LogWrite} that waits; among themselves they keep the order of the effects. */
    private sealed interface Urgent {
        record Hard(long writeId, HardState state) implements Urgent { }

        /** Nothing else is asked for before it is durable. */
        record Formed(Bytes configuration) implements Urgent { }

        record Doubt(long writeId, long bootSeen) implements Urgent { }

        /** Asked for once the log writes that it rests on were complete; so it passes none of those. */
        record DoubtEnded() implements Urgent { }

        /** With what the log may have lost already, nothing more is written. */
        record Broken(Throwable failure) implements Urgent { }
    }

    private final Storage storage;
    private final DurabilityPolicy policy;
    private final Optional<BackgroundSync> background;
    private final Function<List<Event>, Engine.Then> completed;
    private final Failures failures;
    private final Queue<Urgent> urgent = new ConcurrentLinkedQueue<>();
    private final Queue<LogWrite> logWrites = new ConcurrentLinkedQueue<>();
    private final WrittenLog writtenLog = new WrittenLog();
    private final Worker worker;
    private final long batchBytes;
    /** Held while writing, so that the storage is not closed meanwhile. */
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean failed;
    /** Whether the storage is being called; stays so if that throws. Used while writing. */
    private boolean storing;
    /** Whether it is called to make something durable; as {@link #storing}. */
    private boolean syncing;

    /**
     * With a storage, and a policy by which what is written counts.
     *
     * @param clock          for syncs in the background
     * @param syncIntervalNs how long they wait
     * @param completed      takes note of what became durable, or counts as durable, on the thread that wrote; what it
     *                       returns is done once the next one may write
     */
    DiskQueue(Engine engine, String name, Storage storage, DurabilityPolicy policy, LongSupplier clock,
            long syncIntervalNs, Function<List<Event>, Engine.Then> completed, Failures failures) {
        this.storage = storage;
        this.policy = policy;
        this.background = policy == DurabilityPolicy.INTERVAL
                ? Optional.of(new BackgroundSync(engine, name + "-sync", storage.log(), clock, syncIntervalNs,
                this::broken)) : Optional.empty();
        this.completed = completed;
        this.failures = failures;
        this.batchBytes = engine.diskBatchBytes(BATCH_BYTES);
        this.worker = new Worker(engine, name, this::some, failures);
    }

    void start() {
        worker.start();
        background.ifPresent(BackgroundSync::start);
    }

    /** Announces entries; true: the caller must {@link #work} or {@link #handOver}. */
    boolean append(long writeId, boolean overwrite, List<LogEntry> entries) {
        writtenLog.queued(writeId);
        logWrites.add(new LogWrite.Write(writeId, overwrite, entries));
        return worker.announce();
    }

    /** Announces that the log goes on behind a snapshot; true: as {@link #append}. */
    boolean reset(long writeId, long index, long term) {
        writtenLog.queued(writeId);
        logWrites.add(new LogWrite.Reset(writeId, index, term));
        return worker.announce();
    }

    /** Announces that the log may forget its beginning; true: as {@link #append}. */
    boolean compact(long upToIndex) {
        logWrites.add(new LogWrite.Compact(upToIndex));
        return worker.announce();
    }

    boolean persist(long writeId, HardState state) {
        urgent.add(new Urgent.Hard(writeId, state));
        return worker.announce();
    }

    boolean form(Bytes configuration) {
        urgent.add(new Urgent.Formed(configuration));
        return worker.announce();
    }

    /** Announces the note that the server is in doubt; true: as {@link #append}. */
    boolean doubt(long writeId, long bootSeen) {
        urgent.add(new Urgent.Doubt(writeId, bootSeen));
        return worker.announce();
    }

    /** Announces the note that the server is not in doubt any more; true: as {@link #append}. */
    boolean endDoubt() {
        urgent.add(new Urgent.DoubtEnded());
        return worker.announce();
    }

    /** How far the log is written. */
    WrittenLog writtenLog() {
        return writtenLog;
    }

    /** A sync in the background failed: told by the disk's own thread, instead of what is queued. */
    private void broken(Throwable failure) {
        urgent.add(new Urgent.Broken(failure));
        if (worker.announce()) {
            worker.handOver();
        }
    }

    /** Writes on the calling thread, which may wait for the disk. Only for who has the turn. */
    void work() {
        worker.work();
    }

    /** Leaves it to the disk's own thread. Only for who has the turn. */
    void handOver() {
        worker.handOver();
    }

    private Worker.Done some(Worker.Where where) {
        writing.lock();
        try {
            List<Event> events = new ArrayList<>(2);
            int done = failed ? giveUp() : writeSome(events);
            // Noted before the next one writes, so that completions keep their order; what follows from them is not
            // waited for by the next write.
            return new Worker.Done(done, events.isEmpty() ? Engine.Then.NOTHING : completed.apply(events));
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable failure) {
            fail(EndCause.of(failure, mayHaveLost(failure) ? EndCause.FAILED_SYNC : EndCause.INVARIANT), failure);
            return new Worker.Done(giveUp(), Engine.Then.NOTHING);
        } finally {
            writing.unlock();
        }
    }

    /** Drops everything that is waiting. */
    private int giveUp() {
        int announced = worker.announced();
        urgent.clear();
        logWrites.clear();
        return announced;
    }

    private void fail(EndCause cause, Throwable failure) {
        failed = true;
        if (policy.isRelaxed() && mayHaveLost(failure)) {
            // What was acknowledged and not synced may be gone from the page cache too (R15), so the next start must
            // not take it for granted. The storage knows of its failed sync by itself; this note is on the disk, if
            // the disk still takes one, whatever becomes of its page cache.
            try {
                storage.hardState().doubt(0);
            } catch (RuntimeException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
        }
        failures.unrecoverable(cause, storing ? "log" : "driver", ErrorEntry.messageOf(failure), failure);
    }

    /**
     * Whether what was written before may be gone after this. What the storage refused is not, and neither is what
     * stands in the page cache when the heap is full: nodes whose heaps fill together would all be in doubt then. A
     * sync that ends in whatever way but well has failed.
     */
    private boolean mayHaveLost(Throwable failure) {
        boolean isRefused = failure instanceof LogFullException || failure instanceof OutOfResourcesException;
        return storing && !isRefused && (syncing || !(failure instanceof OutOfMemoryError));
    }

    private void write(Runnable storageCall) {
        storing = true;
        storageCall.run();
        storing = false;
    }

    private void sync(Runnable storageCall) {
        syncing = true;
        write(storageCall);
        syncing = false;
    }

    private int writeSome(List<Event> events) {
        int done = writeUrgent(events);
        // A batch of its own: it is told of before the next batch of the log is begun.
        return done > 0 ? done : writeLog(events);
    }

    private int writeUrgent(List<Event> events) {
        int done = 0;
        for (Urgent write = urgent.poll(); write != null; write = urgent.poll()) {
            done++;
            switch (write) {
                case Urgent.Hard hard -> {
                    sync(() -> storage.hardState().write(hard.state()));
                    events.add(new Event.HardStatePersisted(hard.writeId()));
                }
                case Urgent.Formed formed -> {
                    sync(() -> storage.writeConfiguration(formed.configuration()));
                    events.add(new Event.FormationPersisted());
                }
                case Urgent.Doubt doubt -> {
                    sync(() -> storage.hardState().doubt(doubt.bootSeen()));
                    events.add(new Event.HardStatePersisted(doubt.writeId()));
                }
                case Urgent.DoubtEnded ended -> sync(storage.hardState()::settle);
                case Urgent.Broken broken -> sync(() -> {
                    throw broken.failure() instanceof RuntimeException failure ? failure
                            : new IllegalStateException(broken.failure());
                });
            }
        }
        return done;
    }

    private int writeLog(List<Event> events) {
        int done = 0;
        long weight = 0;
        long lastWriteId = -1;
        boolean mustSync = !policy.isRelaxed();
        List<LogEntry> appending = new ArrayList<>();
        while (weight < batchBytes) {
            LogWrite next = logWrites.poll();
            if (next == null) {
                break;
            }
            done++;
            switch (next) {
                case LogWrite.Write write -> {
                    mustSync |= write.overwrite();
                    add(write, appending);
                    lastWriteId = write.writeId();
                    for (LogEntry entry : write.entries()) {
                        weight += entry.weight();
                    }
                }
                case LogWrite.Reset reset -> {
                    flush(appending);
                    sync(() -> storage.log().reset(reset.index(), reset.term()));
                    lastWriteId = reset.writeId();
                }
                case LogWrite.Compact compact -> {
                    flush(appending);
                    compactNow(compact.upToIndex());
                }
            }
        }
        flush(appending);
        if (lastWriteId >= 0) {
            writtenLog.written(lastWriteId);
            if (mustSync) {
                sync(() -> storage.log().sync());
            } else {
                background.ifPresent(BackgroundSync::written);
            }
            events.add(new Event.LogWriteCompleted(lastWriteId));
        }
        return done;
    }

    private void add(LogWrite.Write write, List<LogEntry> appending) {
        if (write.overwrite()) {
            flush(appending);
            write(() -> storage.log().overwrite(write.entries().getFirst().index(), write.entries()));
        } else {
            appending.addAll(write.entries());
        }
    }

    /** What only counts as durable, by a relaxed policy, is made so first. */
    private void compactNow(long upToIndex) {
        sync(() -> {
            if (storage.log().durableIndex() < upToIndex) {
                storage.log().sync();
            }
            storage.log().compact(upToIndex);
        });
    }

    private void flush(List<LogEntry> appending) {
        if (!appending.isEmpty()) {
            write(() -> storage.log().append(appending));
            appending.clear();
        }
    }

    /** Ends the thread; what was not begun is not written. */
    @Override
    public void close() {
        failed = true;
        background.ifPresent(BackgroundSync::close);
        worker.close();
    }

    /** Once it is closed: waits for the write that is under way, however long it takes; none comes after it. */
    void awaitLastWrite() {
        writing.lock();
        writing.unlock();
    }
}
