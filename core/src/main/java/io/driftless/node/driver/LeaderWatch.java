package io.driftless.node.driver;

import io.driftless.raft.ServerId;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Lets threads wait until a leader is known. Thread safe; who tells of one never waits for them. */
final class LeaderWatch {

    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean someone;

    /** Called by the core's owner, too: no lock, which an embedder's waiting thread might hold. */
    void changed(ServerId leader) {
        someone = !leader.isNone();
        if (someone) {
            waiting.forEach(LockSupport::unpark);
        }
    }

    boolean await(Duration timeout) throws InterruptedException {
        long leftNs = TimeUnit.NANOSECONDS.convert(timeout);
        if (someone || leftNs <= 0) {
            return someone;
        }
        long startNs = System.nanoTime();
        Thread caller = Thread.currentThread();
        waiting.add(caller);
        try {
            for (long goneNs = 0; !someone && goneNs < leftNs; goneNs = System.nanoTime() - startNs) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(this, leftNs - goneNs);
            }
            return someone;
        } finally {
            waiting.remove(caller);
        }
    }
}
