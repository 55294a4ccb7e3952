package io.driftless.log.mmap;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How a snapshot shares the disk with the log. A sync of the log may have to wait for what another force of the same
 * disk brings there, and must never wait for a whole snapshot: so its file is forced piece by piece. One that is in no
 * hurry is forced in small pieces, and after each of them nothing is done for some time. Confined to who writes, but
 * for {@link #hurry}.
 */
final class SnapshotPace {

    /** Of the usual chunks, 4 MiB. */
    private static final int CHUNKS = 64;
    /** Of the usual chunks, 256 KiB. */
    private static final int FEW_CHUNKS = 4;
    /** So many times as long as a piece has taken nothing is done after it. */
    private static final int RESTS = 3;
    /** Who closes the writer must not have to wait. */
    private static final long REST_NS_MAX = 50_000_000;

    private final LongSupplier clock;
    private final LongConsumer pause;
    private volatile boolean isUnhurried;
    private long beganNs;
    private long restNs;

    /** In a hurry, by this clock; {@code pause} does nothing for so many nanoseconds. */
    SnapshotPace(LongSupplier clock, LongConsumer pause) {
        this.clock = clock;
        this.pause = pause;
    }

    /** From now on it is in no hurry. */
    void takeTime() {
        isUnhurried = true;
        beganNs = clock.getAsLong();
    }

    /** From now on it is in a hurry. From any thread. */
    void hurry() {
        isUnhurried = false;
    }

    /** How many chunks are written between two forces. */
    int chunksPerForce() {
        return isUnhurried ? FEW_CHUNKS : CHUNKS;
    }

    /** A piece has been forced. */
    void forced() {
        if (isUnhurried) {
            restNs = Math.min(RESTS * (clock.getAsLong() - beganNs), REST_NS_MAX);
        }
    }

    /** Does nothing for as long as is due. Not under a lock that others want. */
    void rest() {
        if (restNs > 0 && isUnhurried) {
            pause.accept(restNs);
            restNs = 0;
            beganNs = clock.getAsLong();
        }
    }
}
