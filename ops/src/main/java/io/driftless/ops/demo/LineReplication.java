package io.driftless.ops.demo;

import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * Sends every line of a text, in order, several at a time, until each is acknowledged. The client works in a session,
 * so by itself it sends a line to one leader after the other, and the line is executed once. A line that comes back
 * rejected is counted and submitted again, and one whose outcome stays unknown ends it. Thread safe: one thread sends,
 * the client's threads report, another one waits for milestones.
 */
final class LineReplication {

    private static final Duration STALL = Duration.ofSeconds(40);
    private static final Duration PAUSE_AFTER_REJECTION = Duration.ofMillis(20);

    private final DemoInput input;
    private final KvClient client;
    private final int outstandingMax;
    private final LongConsumer progress;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BitSet acknowledged = new BitSet();
    private final Deque<Integer> again = new ArrayDeque<>();
    private final long[] firstSentNs;
    private final Histogram latencyUs = new Histogram(3);
    private int next = 1;
    private int sendUpTo;
    private int outstanding;
    private int acknowledgedCount;
    private long rejected;
    private long highestIndex;
    private long killedNs;
    private long deadNs;
    private long failoverNs = -1;
    private boolean pauseWanted;
    private String failure = "";

    /**
     * What was acknowledged, and how. Only read when nothing is sent any more. {@code rejected} is how often a line
     * came back as certainly not executed; what the client sends again by itself, in its session, is not in it.
     */
    record Tally(BitSet acknowledged, int count, long rejected, long highestIndex,
            Histogram latencyUs, long failoverNs) {

        /** When nothing was ever sent. */
        static final Tally NOTHING = new Tally(new BitSet(), 0, 0, 0, new Histogram(3), -1);
    }

    /**
     * Sends lines up to {@code sendUpTo} for now; see {@link #sendAll}. {@code progress} is told how many lines are
     * acknowledged.
     */
    LineReplication(DemoInput input, KvClient client, int outstandingMax, int sendUpTo, LongConsumer progress) {
        this.input = input;
        this.client = client;
        this.outstandingMax = outstandingMax;
        this.sendUpTo = sendUpTo;
        this.progress = progress;
        this.firstSentNs = new long[input.count() + 1];
    }

    /** Sends until all is acknowledged, or it failed. The body of the sending thread. */
    void run() {
        while (true) {
            int number;
            lock.lock();
            try {
                if (pauseWanted) {
                    // Rejections may come at once, as long as the cluster is overloaded or has no leader.
                    pauseWanted = false;
                    awaitQuietly(PAUSE_AFTER_REJECTION);
                }
                while (failure.isEmpty() && acknowledgedCount < input.count()
                        && (outstanding >= outstandingMax || !isAnyToSend())) {
                    changed.awaitUninterruptibly();
                }
                if (!failure.isEmpty() || acknowledgedCount == input.count()) {
                    return;
                }
                number = again.isEmpty() ? next++ : again.removeFirst();
                outstanding++;
                if (firstSentNs[number] == 0) {
                    firstSentNs[number] = System.nanoTime();
                }
            } finally {
                lock.unlock();
            }
            send(number);
        }
    }

    // Woken earlier it only pauses less.
    private void awaitQuietly(Duration time) {
        try {
            changed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException gaveUp) {
            failure = "interrupted";
        }
    }

    private boolean isAnyToSend() {
        return !again.isEmpty() || next <= Math.min(sendUpTo, input.count());
    }

    private void send(int number) {
        long sentNs = System.nanoTime();
        client.submit(input.command(number), STALL).whenComplete((exchange, impossible) -> {
            if (impossible == null) {
                answered(number, sentNs, exchange);
            } else {
                fail("the client failed: " + impossible);
            }
        });
    }

    private void answered(int number, long sentNs, KvExchange exchange) {
        int count;
        lock.lock();
        try {
            outstanding--;
            switch (exchange.outcome()) {
                case Outcome.Committed(long index, var result) when result.isOk() -> acknowledge(number, sentNs, index);
                case Outcome.Committed committed -> failure = "line " + number + ": " + exchange.reason().orElse("");
                case Outcome.Rejected(var reason, var detail, var retryAfter) -> {
                    rejected++;
                    if (reason == Outcome.Reason.TOO_LARGE || reason == Outcome.Reason.NOT_DRIFTLESS
                            || reason == Outcome.Reason.OTHER_CLUSTER) {
                        failure = "line " + number + ": " + exchange.reason().orElse("");
                    } else {
                        pauseWanted = true;
                        again.addLast(number);
                    }
                }
                case Outcome.Unknown unknown -> failure = "line " + number + ": its outcome is unknown ("
                        + unknown.why() + ")";
            }
            count = acknowledgedCount;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        progress.accept(count);
    }

    private void acknowledge(int number, long sentNs, long index) {
        long nowNs = System.nanoTime();
        if (acknowledged.get(number)) {
            return;
        }
        acknowledged.set(number);
        acknowledgedCount++;
        highestIndex = Math.max(highestIndex, index);
        latencyUs.recordValue((nowNs - firstSentNs[number]) / 1000);
        // What the dead leader acknowledged may still lie in a socket: only a line sent after its death tells of a new
        // one.
        if (failoverNs < 0 && deadNs != 0 && sentNs - deadNs >= 0) {
            failoverNs = nowNs - killedNs;
        }
    }

    /** The leader was killed at {@code killNs}, and its process was gone at {@code goneNs}. */
    void leaderKilled(long killNs, long goneNs) {
        lock.lock();
        try {
            killedNs = killNs;
            deadNs = goneNs;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is held back any more. */
    void sendAll() {
        lock.lock();
        try {
            sendUpTo = Integer.MAX_VALUE;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives up: waiting threads are told. */
    void fail(String why) {
        lock.lock();
        try {
            failure = failure.isEmpty() ? why : failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until {@code count} lines are acknowledged.
     *
     * @throws IOException if nothing has been acknowledged for forty seconds, or it failed
     */
    void awaitAcknowledged(int count) throws IOException, InterruptedException {
        lock.lock();
        try {
            int seen = -1;
            long deadlineNs = 0;
            while (acknowledgedCount < count) {
                if (!failure.isEmpty()) {
                    throw new IOException(failure);
                }
                if (acknowledgedCount != seen) {
                    seen = acknowledgedCount;
                    deadlineNs = System.nanoTime() + STALL.toNanos();
                }
                if (deadlineNs - System.nanoTime() <= 0) {
                    throw new IOException("no line was acknowledged for " + STALL.toSeconds() + " s; "
                            + acknowledgedCount + " of " + input.count() + " were");
                }
                changed.awaitNanos(TimeUnit.SECONDS.toNanos(1));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What was acknowledged so far. */
    Tally tally() {
        lock.lock();
        try {
            return new Tally((BitSet) acknowledged.clone(), acknowledgedCount, rejected,
                    highestIndex, latencyUs.copy(), failoverNs);
        } finally {
            lock.unlock();
        }
    }
}
