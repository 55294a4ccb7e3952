package io.driftless.sim;

import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogFullException;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.SnapshotId;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A node's snapshots. Beginning one, writing to it, finishing it, setting one aside and removing one are effects at
 * which the node may die, before or after. What is written in between is on no disk yet.
 *
 * @param store in which they are
 * @param self  the incarnation of the server whose they are: what another has taken comes in
 * @param owner whose they are
 */
record WatchedSnapshots(SnapshotStore store, UUID self, SimulatedDisk.Owner owner) implements SnapshotStore {

    @Override
    public Optional<StoredSnapshot> newest() {
        return store.newest();
    }

    @Override
    public SnapshotWriter begin(long index, long term, UUID creator, Bytes boundary) throws IOException {
        owner.effect();
        requireRoom(owner);
        SnapshotWriter begun = store.begin(index, term, creator, boundary);
        saw(owner, Happening.SnapshotStep.Step.BEGUN, index, term);
        owner.effect();
        return new Writer(begun, new Content(begun.content(), !creator.equals(self), owner), owner);
    }

    @Override
    public void setAside(StoredSnapshot damaged) throws IOException {
        owner.effect();
        store.setAside(damaged);
        saw(owner, Happening.SnapshotStep.Step.SET_ASIDE, damaged.id().index(), damaged.id().term());
        owner.effect();
    }

    @Override
    public List<DamagedSnapshot> damaged() throws IOException {
        return store.damaged();
    }

    @Override
    public void remove(StoredSnapshot useless) throws IOException {
        owner.effect();
        store.remove(useless);
        saw(owner, Happening.SnapshotStep.Step.SET_ASIDE, useless.id().index(), useless.id().term());
        owner.effect();
    }

    @Override
    public void removeDamaged(DamagedSnapshot useless) throws IOException {
        owner.effect();
        store.removeDamaged(useless);
        owner.effect();
    }

    private static void saw(SimulatedDisk.Owner owner, Happening.SnapshotStep.Step step, long index, long term) {
        owner.saw(new SimulatedDisk.DiskEvent.Snapshot(step, index, term));
    }

    private static void requireRoom(SimulatedDisk.Owner owner) {
        if (owner.isFullForSnapshots()) {
            throw new LogFullException("planned");
        }
    }

    /** What is written may find the disk full, and of what comes in a byte may be stored as another. */
    private static final class Content extends FilterOutputStream {

        private final boolean comesIn;
        private final SimulatedDisk.Owner owner;

        Content(OutputStream out, boolean comesIn, SimulatedDisk.Owner owner) {
            super(out);
            this.comesIn = comesIn;
            this.owner = owner;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            owner.effect();
            requireRoom(owner);
            if (comesIn && length > 0 && owner.garblesSnapshot()) {
                byte[] others = Arrays.copyOfRange(bytes, offset, offset + length);
                others[length / 2] ^= 1;
                out.write(others, 0, length);
            } else {
                out.write(bytes, offset, length);
            }
        }
    }

    @FunctionalInterface
    private interface Finish {
        StoredSnapshot run() throws IOException;
    }

    private record Writer(SnapshotWriter writer, OutputStream content, SimulatedDisk.Owner owner)
            implements SnapshotWriter {

        @Override
        public StoredSnapshot finish() throws IOException {
            return finish(writer::finish, Happening.SnapshotStep.Step.TAKEN);
        }

        @Override
        public StoredSnapshot finish(SnapshotId expected) throws IOException {
            return finish(() -> writer.finish(expected), Happening.SnapshotStep.Step.RECEIVED);
        }

        private StoredSnapshot finish(Finish finish, Happening.SnapshotStep.Step step) throws IOException {
            owner.effect();
            requireRoom(owner);
            if (owner.doSyncsFail()) {
                throw new SyncFailedException("planned");
            }
            StoredSnapshot finished = finish.run();
            saw(owner, step, finished.id().index(), finished.id().term());
            owner.effect();
            return finished;
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
