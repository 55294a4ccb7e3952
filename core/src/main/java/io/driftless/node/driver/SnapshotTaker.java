package io.driftless.node.driver;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.log.Bytes;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.SnapshotOutcome.NotTaken;
import io.driftless.machine.SnapshotOutcome.Reason;
import io.driftless.node.SnapshotStatus;
import io.driftless.raft.SnapshotId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots (Raft §7; R22, R27): the view of the state between two commands, by who applies; all that takes time
 * on a thread of its own. At most one at a time. One that does not succeed is recorded as an error and tried again
 * later: the node goes on. {@link #applied}, {@link #isDue} and {@link #take} belong to who applies; the rest is thread
 * safe.
 */
final class SnapshotTaker implements ApplyQueue.Views, AutoCloseable {

    private static final int BUFFER = 64 << 10;
    /** Between two looks whether the last one is too old. */
    private static final long LOOK_NS = 1_000_000_000L;

    /** What became of one, for who applies. */
    private sealed interface News {
        /** It is there. */
        record Finished(long storedBytes) implements News { }

        /** One came in, and stands for all that was applied before. */
        record Received(long storedBytes) implements News { }

        /** It is not; so much of the log is still without one. */
        record Failed(SnapshotSchedule.Since since) implements News { }

        /** It made way for one that comes in; so much of the log is still without one. */
        record GivenUp(SnapshotSchedule.Since since) implements News { }
    }

    private final ReplicatedState state;
    private final Storage storage;
    private final SnapshotStore store;
    private final RaftLog log;
    private final SnapshotSchedule schedule;
    private final boolean isOn;
    private final Engine.Errands thread;
    private final LongSupplier clock;
    private final NodeErrors errors;
    private final Notes notes;
    private final SnapshotWishes wishes;
    private final SnapshotWriting writing;
    private final HungMachine hung;
    /** Held while a view is used; by who applies only while none is. */
    private final ReentrantLock using = new ReentrantLock();
    /** Held while a file is finished or dropped, which may wait for the disk. */
    private final ReentrantLock filing = new ReentrantLock();
    /** What is to be written; guarded by {@link #using}. */
    private @Nullable StateView view;
    /** Of what is written and not finished. Written by the own thread, and at the end by whoever closes. */
    private volatile @Nullable SnapshotWriter writer;
    private volatile @Nullable News news;
    private volatile Optional<StoredSnapshot> newest;
    private volatile boolean isTaking;
    /** Whether one is to be taken although the log is not long enough yet. */
    private volatile boolean isWanted;
    /** Whether somebody waits for the one under way. */
    private volatile boolean isUrgent;
    /** Whether the newest must stay, because it is sent (R31). */
    private volatile boolean isHeld;
    /** Whether one comes in: none is taken meanwhile. */
    private volatile boolean comesIn;
    /** Looks whether one may come in now. Set before anything is taken. */
    private volatile Runnable afterwards = () -> { };
    /** In which all that was applied is known to be committed (R18). */
    private volatile long era;
    private volatile String problem = "";
    private volatile ApplyQueue.@Nullable Suspects suspects;
    private volatile boolean closed;
    /** Confined to the clock thread. */
    private long lookedNs;

    /** Who is told what is done here. */
    interface Notes {

        /** A snapshot was taken. */
        void taken(StoredSnapshot snapshot, long tookNs);

        /** Something that an operator may want to know. */
        void info(String words);

        /** Who applies is to ask soon whether a view is due. */
        void look();
    }

    /**
     * With a {@code thread} on which snapshots are written, and nothing else is done. A state machine that has written
     * nothing of its snapshot for {@code hangsNs} is reported.
     */
    SnapshotTaker(ReplicatedState state, Storage storage, SnapshotSchedule schedule, Engine.Errands thread,
            LongSupplier clock, NodeErrors errors, Notes notes, long hangsNs) {
        this.state = state;
        this.storage = storage;
        this.store = storage.snapshots();
        this.newest = store.newest();
        this.log = storage.log();
        this.schedule = schedule;
        this.isOn = state.takesSnapshots();
        this.thread = thread;
        this.clock = clock;
        this.errors = errors;
        this.notes = notes;
        this.wishes = new SnapshotWishes(clock);
        this.writing = new SnapshotWriting(clock, () -> closed);
        this.hung = new HungMachine(writing::silentSinceNs, new Words(), clock, errors, notes::info, hangsNs);
    }

    /** How things stand. */
    SnapshotStatus status() {
        Optional<StoredSnapshot> there = newest;
        String hangs = hung.complaint();
        return new SnapshotStatus(isOn, isTaking, there.map(snapshot -> snapshot.id().index()).orElse(0L),
                there.map(StoredSnapshot::storedBytes).orElse(0L), hangs.isEmpty() ? problem : hangs);
    }

    /** Reports a state machine that hangs while it writes its snapshot. For the clock thread. */
    void lookIfHung() {
        hung.look();
    }

    /** When to look whether it does, by the clock; {@link Long#MAX_VALUE} while there is nothing to tell. */
    long lookAtNs() {
        return hung.lookAtNs();
    }

    private final class Words implements HungMachine.Words {
        @Override
        public String hangs(String time) {
            return "the snapshot of index " + writing.index() + " hangs: " + (writing.isClosing()
                    ? "close of " + state.machineName() + " has been under way for "
                    : "writeTo of " + state.machineName() + " has written nothing for ") + time;
        }

        @Override
        public String goesOn() {
            return "the state machine " + state.machineName() + " hangs no more, at the snapshot of index "
                    + writing.index();
        }
    }

    /** Whether the machine takes snapshots. */
    boolean isOn() {
        return isOn;
    }

    /** Whether one is being taken. */
    boolean isTaking() {
        return isTaking;
    }

    /** What is to be done whenever none is being taken any more. */
    void afterwards(Runnable next) {
        afterwards = next;
    }

    /**
     * One is to be taken soon, unless one is being taken: whoever finds that too old asks again. After one that failed,
     * soon is when the pause is over.
     */
    void want() {
        isWanted |= !isTaking;
        hurry();
    }

    /** The newest must stay, or need not any more (R31). */
    void hold(boolean held) {
        isHeld = held;
    }

    /** One comes in from a leader, or does not any more. */
    void comesIn(boolean now) {
        comesIn = now;
        if (now) {
            hurry();
        }
    }

    /** Somebody waits until the one under way is written. */
    private void hurry() {
        isUrgent = true;
        SnapshotWriter left = writer;
        if (left != null) {
            left.hurry();
        }
    }

    /** All that was applied is committed in this era too. */
    void committedIn(long later) {
        era = later;
    }

    /** In which all that was applied is known to be committed (R18). */
    long era() {
        return era;
    }

    /** It came in, and is the newest. */
    void received(StoredSnapshot snapshot) {
        newest = Optional.of(snapshot);
        news = new News.Received(snapshot.storedBytes());
        problem = "";
        comesIn = false;
    }

    /** One that the leader sends cannot be taken in, for this reason. */
    void notReceived(String why) {
        problem = why;
    }

    /** The newest has proved bad. */
    void lost(SnapshotId snapshot) {
        if (newest.isPresent() && newest.get().id().equals(snapshot)) {
            newest = Optional.empty();
        }
    }

    /**
     * Has one taken soon, however little was applied since the last one. {@code asker} is told what came of it, by any
     * thread, and waits for at most {@code timeLeftNs}; it must not block. From any thread.
     */
    void ask(long timeLeftNs, Consumer<SnapshotOutcome> asker) {
        if (!isOn) {
            asker.accept(new NotTaken(Reason.OFF, newestIndex(), "the state machine takes no snapshots"));
            return;
        }
        wishes.add(timeLeftNs, asker);
        notes.look();
    }

    /** Tells all who wait that the node stops. */
    void stopAccepting() {
        wishes.close();
    }

    /** Where the machine had no memory for one, which ends the run: behind the newest one. Null if it had. */
    ApplyQueue.@Nullable Suspects suspects() {
        return suspects;
    }

    private long newestIndex() {
        return newest.map(there -> there.id().index()).orElse(0L);
    }

    @Override
    public void applied(long weight) {
        schedule.applied(weight);
    }

    @Override
    public boolean isDue(long index) {
        // After every batch: nearly always this is all.
        boolean isAsked = wishes.isWanted();
        if (isAsked && (comesIn || isHeld)) {
            wishes.refuse(busy());
            isAsked = false;
        }
        if (!isOn || news == null && !schedule.isNear() && !isWanted && !isAsked || isTaking || isHeld || comesIn
                || closed) {
            return false;
        }
        long nowNs = clock.getAsLong();
        News told = news;
        if (told != null) {
            news = null;
            hear(told, nowNs);
        }
        // A machine whose data were put back may be behind the newest snapshot.
        boolean isNew = index > newestIndex();
        if (isAsked && !isNew) {
            wishes.refuse(new NotTaken(Reason.UP_TO_DATE, newestIndex(), newestIndex() == 0 ? "nothing was applied yet"
                    : "nothing was applied since the snapshot of index " + newestIndex()));
        }
        return isNew && (isAsked || isWanted && !schedule.isPaused(nowNs) || schedule.isDue(nowNs));
    }

    private void hear(News told, long nowNs) {
        switch (told) {
            case News.Finished finished -> schedule.finished(finished.storedBytes());
            case News.Received received -> {
                schedule.taken(nowNs);
                schedule.finished(received.storedBytes());
            }
            case News.Failed failed -> schedule.failed(failed.since(), nowNs);
            case News.GivenUp givenUp -> schedule.givenUp(givenUp.since());
        }
    }

    /** Whether who applies is to look, though it may have nothing to apply. For the clock thread. */
    boolean isLookDue(long nowNs) {
        boolean isDue = isOn && schedule.isTimed() && nowNs - lookedNs >= LOOK_NS;
        if (isDue) {
            lookedNs = nowNs;
        }
        return isDue;
    }

    @Override
    public void take(long index) {
        News.Failed inVain = new News.Failed(schedule.since());
        wishes.begun();
        long beganNs = clock.getAsLong();
        schedule.taken(beganNs);
        isUrgent = isWanted;
        isWanted = false;
        using.lock();
        try {
            view = state.view(index);
            isTaking = true;
            thread.execute(() -> write(inVain, beganNs));
        } catch (MachineCalls.Failed failed) {
            if (EndCause.of(failed, EndCause.STATE_MACHINE) == EndCause.OUT_OF_RESOURCES) {
                throw failed;
            }
            failed(index, inVain, failed);
        } finally {
            using.unlock();
        }
    }

    private void write(News.Failed inVain, long beganNs) {
        using.lock();
        StateView taken = view;
        try {
            if (comesIn) {
                throw new IOException("one comes in from the leader");
            }
            if (taken != null && !closed) {
                write(taken);
                closeView();
                thread.execute(() -> finish(taken.index(), inVain, beganNs));
            }
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable problem) {
            closeView();
            failed(taken.index(), inVain, problem);
        } finally {
            using.unlock();
        }
    }

    private void write(StateView taken) throws Exception {
        SnapshotWriter begun = store.begin(taken.index(), log.termAt(taken.index()), storage.identity().incarnation(),
                new SnapshotBoundary(taken.clockMs(), era, 0, configuration()).encode());
        writer = begun;
        // Clients wait for the log, and for a snapshot mostly nobody.
        if (!isUrgent) {
            begun.takeTime();
        }
        OutputStream out = new BufferedOutputStream(writing.store(begun.content()), BUFFER);
        taken.rows().get().writeTo(out);
        try {
            state.write(taken, writing.begun(taken.index(), out));
        } finally {
            writing.ended();
        }
        out.flush();
    }

    /** That of index 0: no entry changes it yet. */
    private Bytes configuration() {
        return storage.configuration().orElseThrow();
    }

    private void finish(long index, News.Failed inVain, long beganNs) {
        filing.lock();
        try {
            SnapshotWriter written = writer;
            if (written != null && !closed) {
                StoredSnapshot taken = written.finish();
                closeWriter();
                newest = Optional.of(taken);
                problem = "";
                news = new News.Finished(taken.storedBytes());
                isTaking = false;
                long tookNs = clock.getAsLong() - beganNs;
                notes.taken(taken, tookNs);
                afterwards.run();
                ended(new SnapshotOutcome.Taken(index, taken.storedBytes(), Duration.ofNanos(tookNs)));
            }
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable problem) {
            failed(index, inVain, problem);
        } finally {
            filing.unlock();
        }
    }

    /** The view is closed, or the lock of it held. */
    private void failed(long index, News.Failed inVain, Throwable thrown) {
        closeWriter();
        news = comesIn ? new News.GivenUp(inVain.since()) : inVain;
        isTaking = false;
        afterwards.run();
        boolean isMachines = thrown instanceof MachineCalls.Failed;
        if ((isMachines ? thrown.getCause() : thrown) instanceof OutOfMemoryError) {
            if (isMachines) {
                suspects = new ApplyQueue.Suspects(newestIndex(), index);
            }
            errors.threw("snapshot", thrown);
        } else if (!closed && !comesIn) {
            problem = ErrorEntry.messageOf(thrown);
            errors.record(ErrorEntry.of("snapshot", "no snapshot of index " + index + ", the next attempt follows "
                    + "after " + SnapshotSchedule.RETRY_NS / 1_000_000_000 + " s at the earliest: " + problem, thrown));
        }
        ended(comesIn ? busy() : new NotTaken(Reason.FAILED, newestIndex(), ErrorEntry.messageOf(thrown)));
    }

    private NotTaken busy() {
        return new NotTaken(Reason.BUSY, newestIndex(), comesIn ? "one is coming in from the leader"
                : "the newest one is being sent to a follower that needs it");
    }

    /** Whoever asked meanwhile wants a later one. */
    private void ended(SnapshotOutcome outcome) {
        wishes.ended(outcome);
        if (wishes.isWanted()) {
            notes.look();
        }
    }

    private void closeView() {
        StateView left = view;
        view = null;
        if (left != null) {
            writing.close(left.index(), () -> NodeRun.closeQuietly(left));
        }
    }

    private void closeWriter() {
        SnapshotWriter left = writer;
        writer = null;
        if (left != null) {
            NodeRun.closeQuietly(left);
        }
    }

    /** Begins no other, and has the one under way end at its next write. */
    @Override
    public void close() {
        closed = true;
        hurry();
        wishes.close();
        thread.close();
    }

    /** Once it is closed: waits until no view of the machine is used any more. */
    void awaitView() {
        using.lock();
        try {
            closeView();
        } finally {
            using.unlock();
        }
    }

    /** Once it is closed: waits until no file is finished any more. */
    void awaitFile() {
        filing.lock();
        try {
            closeWriter();
        } finally {
            filing.unlock();
        }
    }
}
