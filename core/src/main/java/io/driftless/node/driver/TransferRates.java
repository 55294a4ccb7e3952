package io.driftless.node.driver;

import io.driftless.node.TransferStatus;
import java.util.Map;
import java.util.TreeMap;

/**
 * How fast snapshots move, and how fast they have to, from two looks at how far they are. Thread safe.
 */
final class TransferRates {

    /** Between two looks that are compared; a shorter time says little. */
    static final long APART_NS = 500_000_000L;

    /** What was seen of one; both rates are -1 while there were no two looks. */
    private record Seen(long index, long offset, long logBytes, long atNs, long rate, long logRate) { }

    private final long logBytesMax;

    /** By the other side; guarded by this. */
    private final Map<String, Seen> seen = new TreeMap<>();

    /** Of transfers that have time until the log behind them is so long. */
    TransferRates(long logBytesMax) {
        this.logBytesMax = logBytesMax;
    }

    /**
     * How a transfer with {@code node} stands now: so much of a snapshot of that index and size, with so much of the
     * log behind it; -1 if nobody knows. One that was not seen before has no rate.
     */
    synchronized TransferStatus seen(String node, long index, long offset, long size, long logBytes, long nowNs) {
        Seen before = seen.get(node);
        boolean goesOn = before != null && before.index() == index && before.offset() <= offset;
        long apartNs = goesOn ? nowNs - before.atNs() : 0;
        if (!goesOn) {
            before = new Seen(index, offset, logBytes, nowNs, -1, -1);
            seen.put(node, before);
        } else if (apartNs >= APART_NS) {
            before = new Seen(index, offset, logBytes, nowNs, rate(before.offset(), offset, apartNs), logBytes < 0 ? -1
                    : rate(before.logBytes(), logBytes, apartNs));
            seen.put(node, before);
        }
        return new TransferStatus(node, index, offset, size, before.rate(), needed(before.logRate(), size));
    }

    private static long rate(long before, long now, long apartNs) {
        return Math.round(Math.max(0, now - before) * 1e9 / apartNs);
    }

    private long needed(long logRate, long size) {
        return logRate < 0 || logBytesMax == 0 ? -1 : Math.round((double) logRate * size / logBytesMax);
    }

    /** No transfer with it is under way. */
    synchronized void over(String node) {
        seen.remove(node);
    }
}
