package io.driftless.node.driver;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches a state machine while it writes its snapshot, and while it lets go of its view: a large one takes long to
 * write, and one that hangs writes nothing. Time in the store, which may wait for the disk, is not the machine's. One
 * thread at a time writes, any thread looks.
 */
final class SnapshotWriting {

    private final LongSupplier clock;
    private final BooleanSupplier isEnding;
    /** How many times the machine has written; by who writes. */
    private final AtomicLong writes = new AtomicLong();
    private volatile boolean isInMachine;
    private volatile boolean isInStore;
    private volatile boolean isClosing;
    private volatile long index;
    /** What the store has thrown, one of both; confined to who writes. */
    private @Nullable IOException storeProblem;
    private @Nullable RuntimeException storeFailure;
    /** What was seen last, and since when that has been so; guarded by this. */
    private long writesSeen = -1;
    private long seenNs;

    /** {@code isEnding}: whether a write is to end what is written. */
    SnapshotWriting(LongSupplier clock, BooleanSupplier isEnding) {
        this.clock = clock;
        this.isEnding = isEnding;
    }

    /** The store's side. */
    OutputStream store(OutputStream content) {
        storeProblem = null;
        storeFailure = null;
        return new Store(content);
    }

    /** The machine's side, from now on and until {@link #ended}. */
    OutputStream begun(long snapshot, OutputStream out) {
        enter(snapshot, false);
        return new Counted(out);
    }

    private void enter(long snapshot, boolean closes) {
        index = snapshot;
        isClosing = closes;
        writes.lazySet(writes.getPlain() + 1);
        isInMachine = true;
    }

    /** The machine has returned; throws what the store has thrown, whatever the machine made of that. */
    void ended() throws IOException {
        isInMachine = false;
        IOException problem = storeProblem;
        if (problem != null) {
            throw problem;
        }
        RuntimeException failure = storeFailure;
        if (failure != null) {
            throw failure;
        }
    }

    /** Has the machine let go of its view of this index, whatever was written of it. */
    void close(long snapshot, Runnable view) {
        enter(snapshot, true);
        try {
            view.run();
        } finally {
            isInMachine = false;
        }
    }

    /** Whether the machine lets go of its view; otherwise it writes. */
    boolean isClosing() {
        return isClosing;
    }

    /** Of which index. */
    long index() {
        return index;
    }

    /** Since when the machine has written nothing, or has been closing, by the clock; 0 if it is to do neither. */
    synchronized long silentSinceNs() {
        long now = writes.get();
        if (!isInMachine || isInStore) {
            writesSeen = -1;
            return 0;
        }
        if (now != writesSeen) {
            writesSeen = now;
            seenNs = clock.getAsLong();
        }
        return seenNs;
    }

    /** Counts; as often as the machine writes. */
    private final class Counted extends FilterOutputStream {

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            writes.lazySet(writes.getPlain() + 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            writes.lazySet(writes.getPlain() + 1);
        }

        @Override
        public void close() { }
    }

    /** Notes the time and the problems that are not the machine's, and ends what is written while the node stops. */
    private final class Store extends FilterOutputStream {

        Store(OutputStream content) {
            super(content);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            isInStore = true;
            try {
                if (isEnding.getAsBoolean()) {
                    throw new InterruptedIOException("the node stops");
                }
                out.write(bytes, offset, length);
            } catch (IOException problem) {
                storeProblem = problem;
                throw problem;
            } catch (RuntimeException failure) {
                storeFailure = failure;
                throw failure;
            } finally {
                isInStore = false;
            }
        }
    }
}
