package io.driftless.node.driver;

import io.driftless.node.SnapshotTriggers;
import java.util.SplittableRandom;

/** When the next snapshot is due. Confined to who applies, if not said otherwise. */
final class SnapshotSchedule {

    /** Before it is tried again after a failure. */
    static final long RETRY_NS = 60_000_000_000L;

    private final SnapshotTriggers triggers;
    private final SplittableRandom chance;
    private long bytesMax;
    private long entriesMax;
    private long timeMaxNs;
    private long bytes;
    private long entries;
    private long sinceNs;
    private long notBeforeNs;

    /** {@code bytes} and {@code entries} were applied since the last one, which takes {@code lastBytes} on the disk. */
    SnapshotSchedule(SnapshotTriggers triggers, SplittableRandom chance, long lastBytes, long bytes, long entries,
            long nowNs) {
        this.triggers = triggers;
        this.chance = chance;
        this.bytes = bytes;
        this.entries = entries;
        this.sinceNs = nowNs;
        this.notBeforeNs = nowNs;
        draw(lastBytes);
    }

    private void draw(long lastBytes) {
        bytesMax = triggers.bytes() == 0 ? Long.MAX_VALUE : drawn(Math.max(triggers.bytes(), lastBytes));
        entriesMax = triggers.entries() == 0 ? Long.MAX_VALUE : drawn(triggers.entries());
        timeMaxNs = triggers.time().isZero() ? Long.MAX_VALUE : drawn(triggers.time().toNanos());
    }

    /** Up to a quarter off, and at least 1. */
    private long drawn(long usual) {
        return Math.max(1, (long) (usual * chance.nextDouble(0.75, 1.25)));
    }

    /** Whether one may be due although nothing was applied for long. From any thread. */
    boolean isTimed() {
        return !triggers.time().isZero();
    }

    /** An entry was applied. */
    void applied(long weight) {
        bytes += weight;
        entries++;
    }

    /** Whether it may be time, which a clock would tell. */
    boolean isNear() {
        return bytes >= bytesMax || entries >= entriesMax || isTimed();
    }

    /** Whether it is time; never if nothing was applied. */
    boolean isDue(long nowNs) {
        return entries > 0 && (bytes >= bytesMax || entries >= entriesMax || nowNs - sinceNs >= timeMaxNs)
                && !isPaused(nowNs);
    }

    /** Whether one has failed not long ago. */
    boolean isPaused(long nowNs) {
        return nowNs - notBeforeNs < 0;
    }

    /** What was applied since the last one, which was at {@code ns}. */
    record Since(long bytes, long entries, long ns) { }

    Since since() {
        return new Since(bytes, entries, sinceNs);
    }

    /** One was taken, as of now. */
    void taken(long nowNs) {
        bytes = 0;
        entries = 0;
        sinceNs = nowNs;
    }

    /** The one that was taken is finished and has that size; whatever failed before works again. */
    void finished(long storedBytes) {
        draw(storedBytes);
        notBeforeNs = sinceNs;
    }

    /** The one that was taken made way for another: as if it had not been. */
    void givenUp(Since before) {
        bytes += before.bytes();
        entries += before.entries();
        sinceNs = before.ns();
    }

    /** The one that was taken is nothing: as if it had not been, but the next is not due at once. */
    void failed(Since before, long nowNs) {
        givenUp(before);
        notBeforeNs = nowNs + RETRY_NS;
    }
}
