package io.driftless.node.driver;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.ErrorEntry;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.LogClosedException;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the snapshot that a leader sends (Raft §7, R27), on the thread on which snapshots are taken: so no two are
 * written at a time. What cannot be used is dropped and told to the core: the node goes on. The effects of the core are
 * only queued here, by its owner; the rest is thread safe.
 */
final class SnapshotIntake {

    private final Storage storage;
    private final SnapshotTaker taker;
    private final Engine.Errands thread;
    private final NodeErrors errors;
    private final Consumer<String> info;
    private final Consumer<Event> events;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    /** Held while a file is written, finished or dropped. */
    private final ReentrantLock filing = new ReentrantLock();
    /** What is being written, and which; guarded by the lock. */
    private @Nullable SnapshotWriter writer;
    private @Nullable SnapshotId present;
    /** Set before the core hears of the snapshot. */
    private volatile long clockMs;
    private volatile boolean closed;

    /** {@code info} is told what an operator may want to know; {@code events} takes to the core what becomes of it. */
    SnapshotIntake(Storage storage, SnapshotTaker taker, Engine.Errands thread, NodeErrors errors,
            Consumer<String> info, Consumer<Event> events) {
        this.storage = storage;
        this.taker = taker;
        this.thread = thread;
        this.errors = errors;
        this.info = info;
        this.events = events;
    }

    /** Begins another snapshot, and drops what has come in of one. */
    void begin(Effect.BeginSnapshot begin) {
        taker.comesIn(true);
        add(() -> guarded(begin.snapshot(), () -> beginNow(begin)));
    }

    /** Writes the next part; what follows a failure is of no use. */
    void write(Effect.WriteChunk chunk) {
        add(() -> {
            if (chunk.snapshot().equals(present)) {
                guarded(chunk.snapshot(), () -> writeNow(chunk));
            }
        });
    }

    /** Drops what has come in. */
    void drop() {
        add(this::dropNow);
    }

    /** What was received is of no use: a leader elected after a loss was accepted may lack it. */
    void discard(SnapshotId snapshot) {
        add(() -> discardNow(snapshot));
    }

    private void discardNow(SnapshotId snapshot) {
        try {
            Optional<StoredSnapshot> there = storage.snapshots().newest().filter(newest -> newest.id()
                    .equals(snapshot));
            if (there.isPresent()) {
                // Set aside it would be taken for one that was acknowledged, and the next start go on behind it.
                storage.snapshots().remove(there.get());
                errors.record(ErrorEntry.of("snapshot", there.get().description() + " is removed: it came in before "
                        + "a loss was accepted, and the leader of this term may lack what it holds"));
            }
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (LogClosedException ending) {
            // The next start looks at it.
        } catch (OutOfMemoryError problem) {
            errors.threw("snapshot", problem);
        } catch (Throwable problem) {
            errors.record(ErrorEntry.of("snapshot", "the snapshot of index " + snapshot.index()
                    + " cannot be removed: " + ErrorEntry.messageOf(problem), problem));
        } finally {
            taker.lost(snapshot);
        }
    }

    private void add(Runnable step) {
        queue.add(step);
        thread.execute(this::work);
    }

    /** Does what is queued, unless a snapshot is being taken: once that is done it is called again. */
    void work() {
        filing.lock();
        try {
            Runnable next = closed || taker.isTaking() ? null : queue.poll();
            while (next != null) {
                next.run();
                next = closed || taker.isTaking() ? null : queue.poll();
            }
        } finally {
            filing.unlock();
        }
    }

    /** A step that may fail. */
    private interface Step {
        void run() throws IOException;
    }

    private void guarded(SnapshotId snapshot, Step step) {
        try {
            step.run();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable problem) {
            dropNow();
            if (!closed) {
                try {
                    notReceived(snapshot, problem);
                } finally {
                    // Whatever it was, even where it cannot be told: without a word of it the core waits for ever.
                    events.accept(new Event.SnapshotNotReceived(snapshot));
                }
            }
        }
    }

    private void notReceived(SnapshotId snapshot, Throwable problem) {
        if (problem instanceof OutOfMemoryError) {
            errors.threw("snapshot", problem);
            return;
        }
        String message = "the leader's snapshot of index " + snapshot.index() + " is not taken in, it may be offered "
                + "again: " + ErrorEntry.messageOf(problem);
        taker.notReceived(message);
        errors.record(ErrorEntry.of("snapshot", message, problem));
    }

    private void beginNow(Effect.BeginSnapshot begin) throws IOException {
        closeWriter();
        taker.comesIn(true);
        if (!taker.isOn()) {
            throw new IOException("the state machine takes no snapshots");
        }
        Bytes boundary = ((Chunk) begin.boundary()).bytes();
        if (!SnapshotBoundary.decode(boundary).isOf(storage.configuration())) {
            throw new IOException("it is of another cluster");
        }
        SnapshotId id = begin.snapshot();
        storage.snapshots().requireRoom(begin.size());
        writer = storage.snapshots().begin(id.index(), id.term(), id.creator(), boundary);
        present = id;
        info.accept(String.format(Locale.ROOT, "the leader sends the snapshot of index %d, %,d bytes", id.index(),
                begin.size()));
        events.accept(new Event.ChunkWritten(id, 0));
    }

    private void writeNow(Effect.WriteChunk chunk) throws IOException {
        SnapshotWriter to = writer;
        SnapshotId id = chunk.snapshot();
        if (to == null) {
            return;
        }
        Bytes bytes = ((Chunk) chunk.content()).bytes();
        to.content().write(bytes.array(), bytes.offset(), bytes.length());
        if (!chunk.isLast()) {
            events.accept(new Event.ChunkWritten(id, chunk.offset() + bytes.length()));
            return;
        }
        StoredSnapshot received = to.finish(id);
        closeWriter();
        SnapshotBoundary boundary = SnapshotBoundary.decode(received.boundary());
        clockMs = boundary.clockMs();
        taker.received(received);
        info.accept("received the snapshot of index " + id.index());
        events.accept(new Event.SnapshotReceived(id, received.contentBytes(), boundary.era()));
    }

    private void dropNow() {
        closeWriter();
        taker.comesIn(false);
    }

    private void closeWriter() {
        SnapshotWriter left = writer;
        writer = null;
        present = null;
        if (left != null) {
            NodeRun.closeQuietly(left);
        }
    }

    /** Begins nothing more. */
    void close() {
        closed = true;
    }

    /** Once it is closed: waits until no file is written any more. */
    void awaitFile() {
        filing.lock();
        try {
            closeWriter();
        } finally {
            filing.unlock();
        }
    }

    /** The log's clock in the snapshot that was received last, for the entries behind it (R23). */
    long clockMs() {
        return clockMs;
    }
}
