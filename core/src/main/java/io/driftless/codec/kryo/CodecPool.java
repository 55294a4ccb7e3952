package io.driftless.codec.kryo;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Lends codecs. It never blocks: if none is there a new one is made, and what does not fit on return is dropped. Not a
 * {@link ThreadLocal}, because virtual threads are many and short. Thread safe.
 */
final class CodecPool {

    private static final int SLOTS = 16;

    private final AtomicReferenceArray<Codec> slots = new AtomicReferenceArray<>(SLOTS);

    /** A codec for this thread alone, until it is given back. */
    Codec take() {
        int start = start();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (start + i) & (SLOTS - 1);
            if (slots.getPlain(slot) != null) {
                Codec codec = slots.getAndSet(slot, null);
                if (codec != null) {
                    return codec;
                }
            }
        }
        return new Codec();
    }

    /** Gives it back. */
    void give(Codec codec) {
        int start = start();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (start + i) & (SLOTS - 1);
            if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, codec)) {
                return;
            }
        }
    }

    // Threads begin at different slots, so that two seldom meet at one.
    private static int start() {
        return (int) Thread.currentThread().threadId() & (SLOTS - 1);
    }
}
