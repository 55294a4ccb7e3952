package io.driftless.transport.nio;

import io.driftless.transport.TransportListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Says each thing once per peer until it changes, and what goes on changing, or comes back again and again, after ever
 * longer pauses. Remembers a bounded number of subjects, since anybody can connect. Thread safe.
 */
final class Warnings {

    private static final int SUBJECTS_MAX = 1000;
    /** So many lines about one subject are said at once. */
    private static final int BURST = 3;
    private static final long PAUSE_MIN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_MAX_NS = TimeUnit.MINUTES.toNanos(1);
    /** After such a time without a word all is as at first. */
    private static final long QUIET_NS = 2 * PAUSE_MAX_NS;

    private final TransportListener listener;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Subject> subjects = new LinkedHashMap<>();

    /** What was said about one subject. Guarded by the lock. */
    private static final class Subject {

        private String lastLine = "";
        private long lastSaidNs;
        private int said;
        private int unsaid;

        /** Whether a line is said now. */
        boolean says(String line, long nowNs) {
            if (line.equals(lastLine)) {
                return false;
            }
            if (said > 0 && nowNs - lastSaidNs > QUIET_NS) {
                said = 0;
            }
            if (said >= BURST && nowNs - lastSaidNs < pauseNs()) {
                unsaid++;
                return false;
            }
            lastLine = line;
            lastSaidNs = nowNs;
            said++;
            return true;
        }

        private long pauseNs() {
            return Math.min(PAUSE_MAX_NS, PAUSE_MIN_NS << Math.min(said - BURST, 16));
        }

        String takeUnsaid() {
            String text = unsaid == 0 ? "" : " (and " + unsaid + " such lines since the last were not said)";
            unsaid = 0;
            return text;
        }
    }

    Warnings(TransportListener listener) {
        this(listener, System::nanoTime);
    }

    /** With a clock of its own. */
    Warnings(TransportListener listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /** Passes the line on if it is not what was last said about {@code subject}, and not one of too many. */
    void say(String subject, String line) {
        String said = "";
        lock.lock();
        try {
            Subject about = subjects.computeIfAbsent(subject, anew -> new Subject());
            if (about.says(line, nanoTime.getAsLong())) {
                said = line + about.takeUnsaid();
            }
            if (subjects.size() > SUBJECTS_MAX) {
                subjects.remove(subjects.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
        if (!said.isEmpty()) {
            listener.warning(said);
        }
    }

    /** Passes the line on if nothing was said about {@code subject} yet. */
    void sayOnce(String subject, String line) {
        boolean isNew;
        lock.lock();
        try {
            isNew = !subjects.containsKey(subject);
        } finally {
            lock.unlock();
        }
        if (isNew) {
            say(subject, line);
        }
    }

    /** It is over: the next one is said again, unless there were too many. */
    void forget(String subject) {
        lock.lock();
        try {
            Subject about = subjects.get(subject);
            if (about != null) {
                about.lastLine = "";
            }
        } finally {
            lock.unlock();
        }
    }
}
