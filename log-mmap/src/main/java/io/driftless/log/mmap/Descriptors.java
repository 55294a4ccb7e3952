package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * File descriptors held in reserve while logs are open in this process: where strangers' connections, or the embedder,
 * have taken all others, a log goes on with these. They are given back before they are needed and taken again when they
 * can be had. Thread safe.
 */
final class Descriptors {

    /** What making a segment takes at a time, and some more. */
    static final int RESERVED = 16;

    private static final Path DEVICE = Path.of("/dev/null");
    /** How long something waits for a descriptor before it gives up; a disk that hangs as long is noticed elsewhere. */
    private static final long PATIENCE_NS = 5_000_000_000L;
    private static final long PAUSE_NS = 20_000_000;

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Deque<FileChannel> HELD = new ArrayDeque<>();
    private static int logs;

    /** Something that opens a file. */
    @FunctionalInterface
    interface Use<T> {
        T run() throws IOException;
    }

    private Descriptors() { }

    /** A log opens. */
    static void hold() {
        // Loaded now: without a descriptor no class can be.
        SystemErrors.here().touch();
        LOCK.lock();
        try {
            logs++;
            fill();
        } finally {
            LOCK.unlock();
        }
    }

    /** A log has closed: the last one gives everything back. */
    static void letGo() {
        LOCK.lock();
        try {
            logs--;
            if (logs == 0) {
                giveBack();
            }
        } finally {
            LOCK.unlock();
        }
    }

    /** Gives the reserve back to the process; false if nothing was left of it. */
    static boolean giveBack() {
        LOCK.lock();
        try {
            boolean any = !HELD.isEmpty();
            while (!HELD.isEmpty()) {
                HELD.removeLast().close();
            }
            return any;
        } catch (IOException cannotClose) {
            return false;
        } finally {
            LOCK.unlock();
        }
    }

    /** Takes as many as the process has left, up to the reserve; none without an open log. */
    static void fill() {
        LOCK.lock();
        try {
            while (logs > 0 && HELD.size() < RESERVED) {
                HELD.addLast(FileChannel.open(DEVICE, StandardOpenOption.READ));
            }
        } catch (IOException noneLeft) {
            // A later use tries again.
            return;
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Does it; where the process has no descriptor left, with those in reserve, and then again and again until its
     * patience ends. It must change nothing where it fails for that.
     */
    static <T> T with(Use<T> use) throws IOException {
        long end = 0;
        while (true) {
            try {
                T made = use.run();
                if (end != 0) {
                    fill();
                }
                return made;
            } catch (IOException e) {
                long now = System.nanoTime();
                end = end == 0 ? now + PATIENCE_NS : end;
                if (!SystemErrors.here().isExhausted(e) || end - now < 0) {
                    throw e;
                }
            }
            if (!giveBack()) {
                Interrupts.pause(PAUSE_NS);
            }
        }
    }
}
