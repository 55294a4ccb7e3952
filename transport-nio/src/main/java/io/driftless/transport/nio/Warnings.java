package io.driftless.transport.nio;

import io.driftless.transport.TransportListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says each thing once per peer until it changes. Remembers a bounded number of subjects, since anybody can connect.
 * Thread safe.
 */
final class Warnings {

    private static final int SUBJECTS_MAX = 1000;

    private final TransportListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, String> said = new LinkedHashMap<>();

    Warnings(TransportListener listener) {
        this.listener = listener;
    }

    /** Passes the line on if it is not what was last said about {@code subject}. */
    void say(String subject, String line) {
        boolean isNew;
        lock.lock();
        try {
            isNew = !line.equals(said.put(subject, line));
            if (said.size() > SUBJECTS_MAX) {
                said.remove(said.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
        if (isNew) {
            listener.warning(line);
        }
    }

    /** Passes the line on if nothing was said about {@code subject} yet. */
    void sayOnce(String subject, String line) {
        boolean isNew;
        lock.lock();
        try {
            isNew = !said.containsKey(subject);
        } finally {
            lock.unlock();
        }
        if (isNew) {
            say(subject, line);
        }
    }

    /** It is over: the next one is said again. */
    void forget(String subject) {
        lock.lock();
        try {
            said.remove(subject);
        } finally {
            lock.unlock();
        }
    }
}
