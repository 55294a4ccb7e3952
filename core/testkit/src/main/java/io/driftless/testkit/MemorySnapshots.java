package io.driftless.testkit;

import io.driftless.log.Bytes;
import io.driftless.raft.SnapshotId;
import java.util.Objects;
import java.util.Optional;

/** The newest snapshot on a disk in memory. Guarded by the disk's lock, but for what is run around the end of one. */
final class MemorySnapshots {

    /**
     * A finished snapshot. Immutable.
     *
     * @param id       which one
     * @param boundary of it
     * @param content  what was written
     * @param rotten   offset of the content's first byte that can no longer be read; its length if there is none
     */
    record Kept(SnapshotId id, Bytes boundary, Bytes content, int rotten) {

        boolean isWhole() {
            return rotten == content.length();
        }
    }

    private Optional<Kept> newest = Optional.empty();
    private Optional<Kept> aside = Optional.empty();
    private volatile Runnable beforeFinish = () -> { };
    private volatile Runnable afterFinish = () -> { };

    Optional<Kept> newest() {
        return newest;
    }

    /** The newest, if it is this one. */
    Optional<Kept> find(SnapshotId id) {
        return newest.filter(kept -> kept.id().equals(id));
    }

    void put(Kept finished) {
        newest = Optional.of(finished);
    }

    void setAside(SnapshotId id) {
        if (find(id).isPresent()) {
            aside = newest;
            newest = Optional.empty();
        }
    }

    void remove(SnapshotId id) {
        if (find(id).isPresent()) {
            newest = Optional.empty();
        }
    }

    void removeAside(SnapshotId id) {
        aside = aside.filter(kept -> !kept.id().equals(id));
    }

    /** The last one that was set aside. */
    Optional<Kept> aside() {
        return aside;
    }

    void damage(int at) {
        Kept kept = newest.orElseThrow(() -> new IllegalStateException("there is no snapshot"));
        Objects.checkIndex(at, kept.content().length());
        newest = Optional.of(new Kept(kept.id(), kept.boundary(), kept.content(), Math.min(at, kept.rotten())));
    }

    /** What is there at this moment. */
    MemorySnapshots copy() {
        MemorySnapshots copy = new MemorySnapshots();
        copy.putBack(this);
        return copy;
    }

    void putBack(MemorySnapshots copy) {
        newest = copy.newest;
        aside = copy.aside;
    }

    /** Without the lock, so that it may block. */
    void beforeFinish() {
        beforeFinish.run();
    }

    void beforeFinish(Runnable hook) {
        beforeFinish = hook;
    }

    /** Without the lock, too. */
    void afterFinish() {
        afterFinish.run();
    }

    void afterFinish(Runnable hook) {
        afterFinish = hook;
    }
}
