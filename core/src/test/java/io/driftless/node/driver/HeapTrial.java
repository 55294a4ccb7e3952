package io.driftless.node.driver;

import java.util.ArrayList;
import java.util.List;

/**
 * The program of {@link HeapWatchTest}: fills the heap of its JVM, lets most of it go, and allocates nothing more while
 * it is refused. Ends with 0 if the refusal came and went.
 */
final class HeapTrial {

    private static final int PIECE_BYTES = 10_000;
    private static final long ASK_FIRST_NS = 100_000_000;
    private static final long PATIENCE_NS = 30_000_000_000L;

    private HeapTrial() { }

    public static void main(String[] args) {
        long heap = Runtime.getRuntime().maxMemory();
        try (HeapWatch watch = new HeapWatch(ASK_FIRST_NS, line -> { })) {
            List<byte[]> pieces = new ArrayList<>();
            long full = heap - Math.max(heap / 10, 32L << 20) + (8L << 20);
            while (pieces.size() * (long) PIECE_BYTES < full) {
                pieces.add(new byte[PIECE_BYTES]);
            }
            System.gc();
            if (!comes(watch, false)) {
                System.exit(1);
            }
            for (int i = 0; i < pieces.size(); i++) {
                // One of four stays, so that no part of the heap is all garbage.
                if (i % 4 != 0) {
                    pieces.set(i, new byte[0]);
                }
            }
            if (!comes(watch, true)) {
                System.exit(2);
            }
            pieces.clear();
        }
    }

    private static boolean comes(HeapWatch watch, boolean room) {
        long start = System.nanoTime();
        while (watch.shortage().isEmpty() != room) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                return false;
            }
            if (room) {
                watch.refused();
            }
            Thread.onSpinWait();
        }
        return true;
    }
}
