package io.driftless.log.mmap;

import io.driftless.log.LogOwnerException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Notices when two threads are in what belongs to one owner at a time. Only where assertions are enabled, as in tests.
 * Thread safe.
 */
final class OwnerCheck {

    private static final boolean ENABLED = OwnerCheck.class.desiredAssertionStatus();

    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();

    /** The caller is in; {@link LogOwnerException} if another one is. */
    void enter() {
        if (ENABLED) {
            Thread other = inside.compareAndExchange(null, Thread.currentThread());
            if (other != null) {
                throw new LogOwnerException("thread " + Thread.currentThread().getName() + " uses the log as its owner "
                        + "while thread " + other.getName() + " does");
            }
        }
    }

    /** The caller is out. */
    void leave() {
        if (ENABLED) {
            inside.set(null);
        }
    }
}
