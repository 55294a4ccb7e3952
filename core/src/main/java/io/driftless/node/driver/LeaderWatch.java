package io.driftless.node.driver;

import io.driftless.raft.ServerId;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads wait until a leader is known. It outlives the runs of a node, which tell it one after the other; what
 * one tells that is over, or that another has followed, changes nothing. Thread safe; who tells of a leader never waits
 * for them.
 */
final class LeaderWatch {

    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(null, false));

    /** Which run tells, and whether it knows a leader; no run before the first one and behind one that is over. */
    private record Known(@Nullable Run run, boolean isSomeone) { }

    /** One run of a node. Thread safe: a thread that is late in the core may tell something when the run is over. */
    final class Run {

        private Run() { }

        /** Called by the core's owner, too: no lock, which an embedder's waiting thread might hold. */
        void changed(ServerId leader) {
            boolean isSomeone = !leader.isNone();
            if (tell(new Known(this, isSomeone)) && isSomeone) {
                waiting.forEach(LockSupport::unpark);
            }
        }

        /** From now on it knows none. */
        void over() {
            tell(new Known(null, false));
        }

        private boolean tell(Known next) {
            Known now = known.get();
            while (now.run == this) {
                if (known.compareAndSet(now, next)) {
                    return true;
                }
                now = known.get();
            }
            return false;
        }
    }

    /** A run begins, which knows no leader; the one before is over. */
    Run begin() {
        Run run = new Run();
        known.set(new Known(run, false));
        return run;
    }

    boolean await(Duration timeout) throws InterruptedException {
        long leftNs = TimeUnit.NANOSECONDS.convert(timeout);
        // What was seen is told: at a second look the leader may be gone, and the time is not over.
        boolean isSomeone = known.get().isSomeone;
        if (isSomeone || leftNs <= 0) {
            return isSomeone;
        }
        long startNs = System.nanoTime();
        Thread caller = Thread.currentThread();
        waiting.add(caller);
        try {
            isSomeone = known.get().isSomeone;
            for (long goneNs = 0; !isSomeone && goneNs < leftNs; goneNs = System.nanoTime() - startNs) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(this, leftNs - goneNs);
                isSomeone = known.get().isSomeone;
            }
            return isSomeone;
        } finally {
            waiting.remove(caller);
        }
    }
}
