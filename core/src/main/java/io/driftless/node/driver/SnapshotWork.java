package io.driftless.node.driver;

import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.node.NodeListener;
import io.driftless.raft.Event;
import io.driftless.raft.ServerId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * All that a run does with snapshots: it takes them, takes in what a leader sends, and reads what is sent to others.
 * One thread writes, whatever is written, and one reads. Thread safe.
 */
final class SnapshotWork implements AutoCloseable {

    final SnapshotTaker taker;
    final SnapshotIntake intake;
    private final Storage storage;
    private final NodeErrors errors;
    private final NodeListener listener;
    private final Consumer<Event> core;
    private final Engine.Errands writing;
    private final Engine.Errands reading;
    private final List<SnapshotSource> sources = new CopyOnWriteArrayList<>();

    /**
     * Of a run whose machine is at this index.
     *
     * @param seed    of the limits at which snapshots are due
     * @param hangsNs how long a state machine may write nothing of its snapshot before it is reported
     * @param core    is told what becomes of snapshots
     * @param look    has who applies ask soon whether a view is due
     */
    SnapshotWork(NodeParts parts, Storage storage, ReplicatedState state, long applied, long seed, NodeClock clock,
            NodeErrors errors, long hangsNs, Consumer<Event> core, Runnable look) {
        this.storage = storage;
        this.errors = errors;
        this.listener = parts.listener();
        this.core = core;
        // Before there is a thread: the machine may throw.
        boolean takesSnapshots = state.takesSnapshots();
        Engine engine = parts.engine();
        writing = engine.errands(parts.threadName("snapshot"));
        reading = engine.errands(parts.threadName("bulk"));
        taker = new SnapshotTaker(state, storage, schedule(parts, applied, seed, clock), writing, clock, errors,
                new Notes(look), hangsNs);
        intake = new SnapshotIntake(storage, taker, writing, errors, listener::info, this::tell);
        taker.afterwards(() -> writing.execute(intake::work));
        if (!takesSnapshots) {
            listener.info("the state machine takes no snapshots: a start replays all that it has not kept "
                    + "itself");
        }
    }

    private SnapshotSchedule schedule(NodeParts parts, long applied, long seed, NodeClock clock) {
        RaftLog log = storage.log();
        Optional<StoredSnapshot> newest = storage.snapshots().newest();
        long covered = Math.max(newest.map(snapshot -> snapshot.id().index()).orElse(0L), log.firstIndex() - 1);
        // A log that has lost its end may end before.
        long present = Math.min(applied, log.lastIndex());
        return new SnapshotSchedule(parts.config().snapshotTriggers(), new SplittableRandom(seed),
                newest.map(StoredSnapshot::storedBytes).orElse(0L),
                present > covered ? log.weight(covered + 1, present) : 0, Math.max(0, present - covered),
                clock.nowNs());
    }

    private final class Notes implements SnapshotTaker.Notes {

        private final Runnable look;

        Notes(Runnable look) {
            this.look = look;
        }

        @Override
        public void taken(StoredSnapshot snapshot, long tookNs) {
            info(String.format(Locale.ROOT, "snapshot of index %d taken: %,d bytes, in %,d ms", snapshot.id().index(),
                    snapshot.storedBytes(), tookNs / 1_000_000));
            tell(new Event.SnapshotTaken(snapshot.id(), snapshot.contentBytes()));
        }

        @Override
        public void info(String words) {
            listener.info(words);
        }

        @Override
        public void look() {
            look.run();
        }
    }

    /** Tells the core. */
    private void tell(Event event) {
        if (event instanceof Event.SnapshotTaken || event instanceof Event.SnapshotReceived) {
            // The one before is deleted.
            letGo();
        }
        core.accept(event);
    }

    /** The newest must stay, because it is sent, or need not any more (R31). For the owner of the core. */
    void hold(boolean held) {
        taker.hold(held);
        if (!held) {
            letGo();
        }
    }

    /** What is still being sent is opened again for its next part. */
    private void letGo() {
        if (sources.stream().anyMatch(SnapshotSource::isOpen)) {
            reading.execute(() -> sources.forEach(SnapshotSource::letGo));
        }
    }

    /** Reads the parts that are sent to that peer, on {@link #reader()}. */
    SnapshotSource source(ServerId to) {
        SnapshotSource made = new SnapshotSource(to, storage.snapshots(), taker::era, errors, listener::info, lost -> {
            taker.lost(lost.snapshot());
            tell(lost);
        });
        sources.add(made);
        return made;
    }

    /** The thread that reads them. */
    Executor reader() {
        return reading;
    }

    /** Begins nothing more, and has what is being written end soon. */
    @Override
    public void close() {
        intake.close();
        taker.close();
        reading.close();
    }

    /** Once it is closed: waits until no file is written or read any more. */
    void awaitFiles() {
        taker.awaitFile();
        intake.awaitFile();
        sources.forEach(SnapshotSource::close);
    }
}
