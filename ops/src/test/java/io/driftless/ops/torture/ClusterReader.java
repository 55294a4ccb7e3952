package io.driftless.ops.torture;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.QueryOutcome;
import io.driftless.transport.nio.NioTransport;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Queries the cluster without the log, one query after the other, wherever its client sends them, and writes down the
 * answers. Thread safe.
 */
final class ClusterReader {

    /** What stands for the member in the history. */
    static final String ANY = "any";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PAUSE_NS = 10_000_000;

    private final RegisterWriters writers;
    private final ReadHistory history;
    private final AtomicLong failed = new AtomicLong();
    private final Thread thread;
    private volatile boolean stop;

    /** It begins at once; {@code readFrom} is the address of the nearest member, empty for none. */
    ClusterReader(String addresses, String readFrom, RegisterWriters writers, ReadHistory history, Random random) {
        this.writers = writers;
        this.history = history;
        long seed = random.nextLong();
        this.thread = Thread.ofPlatform().name("cluster-reader").start(() -> history.guard(() ->
                work(addresses, readFrom, new Random(seed))));
    }

    private void work(String addresses, String readFrom, Random random) {
        try (RaftClient client = RaftClient.connect(ClientConfig.builder(addresses, NioTransport.clients())
                .readFrom(readFrom).build())) {
            while (!stop) {
                LapQuery query = LapQuery.draw(random, writers);
                long begunNs = System.nanoTime();
                switch (client.query(query.encode(), query.consistency(), PATIENCE)) {
                    case QueryOutcome.Answered answer -> history.add(query.answered(ANY, begunNs, answer));
                    case QueryOutcome.Failed none -> failed.incrementAndGet();
                }
                LockSupport.parkNanos(random.nextInt(PAUSE_NS));
            }
        }
    }

    /** How many queries have failed. */
    long failed() {
        return failed.get();
    }

    /** Asks no more, and waits for the last answer. Idempotent. */
    void end() throws InterruptedException {
        stop = true;
        thread.join();
    }
}
