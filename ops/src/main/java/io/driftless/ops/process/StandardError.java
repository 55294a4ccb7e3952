package io.driftless.ops.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Standard error of a node, behind a bounded queue and a thread of its own: whoever reads it may be slow or hang, and
 * nothing that writes a line waits for that. What does not fit is dropped, counted, and said as soon as something is
 * read. Thread safe.
 */
final class StandardError extends OutputStream {

    /** Of heap, for what waits. */
    static final int BYTES_MAX = 1 << 20;

    private static final long LOOK_NS = 20_000_000;

    private final OutputStream target;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below: guarded by the lock.
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean writing;
    private long lost;

    /** Passes on to {@code target}, once it is started. */
    StandardError(OutputStream target) {
        this.target = target;
    }

    /**
     * Takes the place of {@code System.err}: of log lines, and of whatever else writes there. Not if no thread can be
     * started: then the node will say so, and end.
     */
    static StandardError takeOver() {
        StandardError taken = new StandardError(new FileOutputStream(FileDescriptor.err));
        try {
            taken.start();
            System.setErr(new PrintStream(taken, true, StandardCharsets.UTF_8));
        } catch (OutOfMemoryError noThread) {
            return taken;
        }
        return taken;
    }

    void start() {
        Thread.ofPlatform().daemon().name("driftless-stderr").start(this::pass);
    }

    @Override
    public void write(int oneByte) {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, offset, copy, 0, length);
        lock.lock();
        try {
            if (waitingBytes + length > BYTES_MAX) {
                lost++;
                return;
            }
            waiting.add(copy);
            waitingBytes += length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything written so far has been passed on, but not for longer than {@code patience}, in which a
     * moment when the whole process stood still hardly counts: its threads all go on together, and this one must not
     * be the first to give up.
     */
    boolean await(Duration patience) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while ((writing || !waiting.isEmpty()) && left > 0) {
                long fromNs = System.nanoTime();
                changed.awaitNanos(Math.min(left, LOOK_NS));
                left -= Math.min(System.nanoTime() - fromNs, LOOK_NS);
            }
            return !writing && waiting.isEmpty();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void pass() {
        while (true) {
            try {
                target.write(next());
                target.flush();
            } catch (Throwable nobodyReads) {
                // Nothing is left to tell it to. The next line may get through, also after an error.
                continue;
            }
        }
    }

    private byte[] next() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
            while (waiting.isEmpty() && lost == 0) {
                changed.awaitUninterruptibly();
            }
            writing = true;
            if (lost > 0 && waitingBytes < BYTES_MAX / 2) {
                String line = "driftless: "
                        + (lost == 1 ? "1 piece of log lines was" : lost + " pieces of log lines were")
                        + " lost here: standard error was not read" + System.lineSeparator();
                lost = 0;
                return line.getBytes(StandardCharsets.UTF_8);
            }
            byte[] first = waiting.remove();
            waitingBytes -= first.length;
            return first;
        } finally {
            lock.unlock();
        }
    }
}
