package io.driftless.node.driver;

import io.driftless.node.TransferStatus;
import java.util.Map;
import java.util.TreeMap;

/**
 * How fast snapshots move, from two looks at how far they are. Thread safe.
 */
final class TransferRates {

    /** Between two looks that are compared; a shorter time says little. */
    static final long APART_NS = 500_000_000L;

    /** What was seen of one; {@code rate} is -1 while there were no two looks. */
    private record Seen(long index, long offset, long atNs, long rate) { }

    /** By the other side; guarded by this. */
    private final Map<String, Seen> seen = new TreeMap<>();

    /**
     * How a transfer with {@code node} stands now: so much of a snapshot of that index and size. One that was not seen
     * before has no rate.
     */
    synchronized TransferStatus seen(String node, long index, long offset, long size, long nowNs) {
        Seen before = seen.get(node);
        boolean goesOn = before != null && before.index() == index && before.offset() <= offset;
        long apartNs = goesOn ? nowNs - before.atNs() : 0;
        if (!goesOn) {
            before = new Seen(index, offset, nowNs, -1);
            seen.put(node, before);
        } else if (apartNs >= APART_NS) {
            before = new Seen(index, offset, nowNs, Math.round((offset - before.offset()) * 1e9 / apartNs));
            seen.put(node, before);
        }
        return new TransferStatus(node, index, offset, size, before.rate());
    }

    /** No transfer with it is under way. */
    synchronized void over(String node) {
        seen.remove(node);
    }
}
