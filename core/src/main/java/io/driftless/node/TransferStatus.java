package io.driftless.node;

import java.time.Duration;
import java.util.Optional;

/**
 * A snapshot that is on its way from a leader to a follower, as one of both sees it. Immutable.
 *
 * @param node           the other side
 * @param index          the snapshot's lastIncludedIndex
 * @param offset         how many bytes of it the follower has written
 * @param size           how many bytes it has
 * @param bytesPerSecond how fast that goes now; -1 while nobody knows
 * @param neededBytesPerSecond how fast it has to go, as the log grows now, to be there before the log behind the
 *                       snapshot is longer than {@link LogRetention#bytesMax}, when the leader need not keep it any
 *                       more; -1 while nobody knows, and always on the follower
 */
public record TransferStatus(String node, long index, long offset, long size, long bytesPerSecond,
        long neededBytesPerSecond) {

    /** How long the rest takes at this rate; empty while nobody knows, and while nothing moves. */
    public Optional<Duration> left() {
        return bytesPerSecond <= 0 ? Optional.empty()
                : Optional.of(Duration.ofSeconds(Math.ceilDiv(Math.max(0, size - offset), bytesPerSecond)));
    }
}
