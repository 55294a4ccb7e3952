package io.driftless.ops.console;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bar on standard error while something works. On a terminal it is drawn in place; elsewhere each quarter is a line,
 * as is what is told after ten seconds without one, and no carriage return is written. Where nobody knows how much
 * there is, it only counts. Thread safe.
 */
public final class Progress {

    private static final int WIDTH = 40;
    private static final long UNKNOWN = Long.MAX_VALUE;
    private static final long REDRAW_NS = Duration.ofMillis(80).toNanos();
    private static final long LINE_NS = Duration.ofSeconds(10).toNanos();

    private final Console console;
    private final String what;
    private final long total;
    private final ReentrantLock lock = new ReentrantLock();
    private long drawnNs = System.nanoTime() - REDRAW_NS;
    private long quartersDrawn;
    private boolean onScreen;
    private long done;
    private String state = "";

    /** Of {@code total} things; {@code what} names them. Less than 1 is 1. */
    public Progress(Console console, String what, long total) {
        this(console, Math.max(1, total), what);
    }

    private Progress(Console console, long total, String what) {
        this.console = console;
        this.what = what;
        this.total = total;
    }

    /** Of nobody knows how many things. */
    public static Progress ofUnknownTotal(Console console, String what) {
        return new Progress(console, UNKNOWN, what);
    }

    /** {@code count} of them are done. */
    public void at(long count) {
        at(count, "");
    }

    /** {@code count} of them are done; {@code remark} stands behind the bar, on a terminal or not. */
    public void at(long count, String remark) {
        lock.lock();
        try {
            state = remark.isEmpty() ? state : remark;
            // Told by several threads: a lower count only comes late.
            done = Math.max(done, count);
            if (console.errIsTerminal()) {
                long nowNs = System.nanoTime();
                if (nowNs - drawnNs >= REDRAW_NS || done == total) {
                    drawnNs = nowNs;
                    draw();
                }
            } else if (quarters() > quartersDrawn || System.nanoTime() - drawnNs >= LINE_NS) {
                drawnNs = System.nanoTime();
                quartersDrawn = quarters();
                console.note(bar(done, total, what) + (remark.isEmpty() ? "" : ", " + remark));
            }
        } finally {
            lock.unlock();
        }
    }

    private long quarters() {
        return total == UNKNOWN ? 0 : done * 4 / total;
    }

    /** Something to tell: on a line of its own, above the bar. */
    public void note(String text) {
        lock.lock();
        try {
            erase();
            console.note(text);
            if (console.errIsTerminal()) {
                draw();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is going on right now, behind the bar; not shown off a terminal. */
    public void state(String text) {
        lock.lock();
        try {
            state = text;
            if (console.errIsTerminal()) {
                draw();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the bar away. */
    public void end() {
        lock.lock();
        try {
            erase();
        } finally {
            lock.unlock();
        }
    }

    private void draw() {
        console.err().print("\r\033[K" + bar(done, total, what) + (state.isEmpty() ? "" : "  " + state));
        console.err().flush();
        onScreen = true;
    }

    private void erase() {
        if (onScreen) {
            console.err().print("\r\033[K");
            console.err().flush();
            onScreen = false;
        }
    }

    static String bar(long count, long total, String what) {
        if (total == UNKNOWN) {
            return String.format(Locale.ROOT, "%,d %s", count, what);
        }
        int filled = (int) (Math.min(count, total) * WIDTH / total);
        return "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] "
                + String.format(Locale.ROOT, "%3d%%  %,d of %,d %s", Math.min(count, total) * 100 / total, count,
                total, what);
    }
}
