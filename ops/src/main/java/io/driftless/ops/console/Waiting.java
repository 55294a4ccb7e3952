package io.driftless.ops.console;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Says that something is still waited for: after two seconds, and then each time after twice as long, so that nobody
 * looks at a silent command. Thread safe.
 */
public final class Waiting {

    private static final Duration FIRST = Duration.ofSeconds(2);

    private final Consumer<String> notes;
    private final Supplier<String> what;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final long sinceNs = System.nanoTime();
    private long noteNs;
    private boolean closed;

    private Waiting(Consumer<String> notes, Supplier<String> what, Duration first) {
        this.notes = notes;
        this.what = what;
        this.noteNs = first.toNanos();
    }

    /** Begins to wait for {@code what}, and says so to {@code notes} until {@link #end}. */
    public static Waiting toldTo(Consumer<String> notes, Supplier<String> what) {
        return start(notes, what, FIRST);
    }

    /** The same on standard error. */
    public static Waiting on(Console console, String what) {
        return toldTo(console::note, () -> what);
    }

    static Waiting start(Consumer<String> notes, Supplier<String> what, Duration first) {
        Waiting waiting = new Waiting(notes, what, first);
        Thread.ofVirtual().name("driftless-waiting").start(waiting::run);
        return waiting;
    }

    /** Ends the wait: nothing is said any more once this has returned. */
    public void end() {
        lock.lock();
        try {
            closed = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                long leftNs = sinceNs + noteNs - System.nanoTime();
                if (leftNs > 0) {
                    ended.awaitNanos(leftNs);
                } else {
                    notes.accept("waiting for " + what.get() + ", " + TimeUnit.NANOSECONDS.toSeconds(noteNs) + " s");
                    noteNs *= 2;
                }
            }
        } catch (InterruptedException nobodyDoesThis) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
