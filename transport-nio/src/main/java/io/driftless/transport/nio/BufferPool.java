package io.driftless.transport.nio;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct buffers that frames are gathered in on their way to a socket; one is out for each write under way. Thread
 * safe.
 */
final class BufferPool {

    /** Size of a buffer, and of the largest single write. */
    static final int BUFFER_BYTES = 128 << 10;

    private static final int KEPT_MAX = 16;

    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();

    /** An empty buffer, to be given back. */
    ByteBuffer take() {
        ByteBuffer buffer = idle.poll();
        if (buffer == null) {
            return ByteBuffer.allocateDirect(BUFFER_BYTES);
        }
        kept.decrementAndGet();
        return buffer.clear();
    }

    void giveBack(ByteBuffer buffer) {
        if (kept.get() < KEPT_MAX) {
            kept.incrementAndGet();
            idle.add(buffer);
        }
    }
}
