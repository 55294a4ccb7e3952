package io.driftless.bench.snapshot;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.kv.KvCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Puts into the key-value store, over several connections: as many as it takes, or so many a second. One thread drives
 * it at a time.
 */
final class Puts implements AutoCloseable {

    private static final int CLIENTS = 8;
    private static final int OUTSTANDING = 64;
    /** Paced puts wait for nobody: so many may be under way when the cluster falls behind. */
    private static final int OUTSTANDING_MAX = 2_048;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long TELL_EVERY = 1 << 17;

    private final List<KvClient> clients = new ArrayList<>();
    private final int keys;
    private final Bytes value;
    private final Semaphore free = new Semaphore(OUTSTANDING_MAX);
    private final AtomicLong committed = new AtomicLong();
    private final AtomicReference<String> problem = new AtomicReference<>("");
    private final Recorder latencyNs = new Recorder(3);
    private long sent;
    private volatile boolean stopping;

    /**
     * @param members where they listen
     * @param keys    how many keys come round
     * @param size    bytes of a value
     */
    Puts(String members, int keys, int size) {
        this.keys = keys;
        this.value = Bytes.wrap(new byte[size]);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(KvClient.connect(members, OUTSTANDING_MAX + 1));
        }
    }

    /** How many bytes the store may hold. */
    void quota(long bytes) {
        require(clients.getFirst().execute(new KvCommand.SetQuota(bytes), TIMEOUT));
    }

    /** So many puts, as fast as 64 outstanding allow; all of them are committed at the end. */
    void run(long count, SnapshotPart.Bench bench) throws InterruptedException {
        int held = OUTSTANDING_MAX - OUTSTANDING;
        free.acquire(held);
        for (long i = 0; i < count; i++) {
            free.acquire();
            send(System.nanoTime());
            if (sent % TELL_EVERY == 0) {
                bench.note(String.format(Locale.ROOT, "%,d puts", sent));
            }
        }
        free.release(held);
        settle();
    }

    /**
     * Sends so many a second until {@link #stop}, on a thread of its own, whatever the cluster does. The latency of a
     * put counts from the moment when it was due.
     */
    Thread pace(int perSecond) {
        stopping = false;
        long beganNs = System.nanoTime();
        return Thread.ofPlatform().name("driftless-bench-puts").start(() -> {
            try {
                for (long i = 0; !stopping; i++) {
                    long dueNs = beganNs + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
                    for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; leftNs = dueNs - System.nanoTime()) {
                        LockSupport.parkNanos(leftNs);
                    }
                    free.acquire();
                    send(dueNs);
                }
            } catch (InterruptedException given) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Ends what {@link #pace} began, and waits for what is outstanding. */
    void stop(Thread pacing) throws InterruptedException {
        stopping = true;
        pacing.join();
        settle();
    }

    private void settle() throws InterruptedException {
        free.acquire(OUTSTANDING_MAX);
        free.release(OUTSTANDING_MAX);
        check();
    }

    private void send(long dueNs) {
        KvCommand put = new KvCommand.Put(Bytes.utf8("bench-" + sent % keys), value);
        KvClient client = clients.get((int) (sent++ % CLIENTS));
        client.submitWhenRoom(put, TIMEOUT).thenAccept(exchange -> {
            if (exchange.isDone()) {
                committed.incrementAndGet();
                latencyNs.recordValue(Math.max(0, System.nanoTime() - dueNs));
            } else {
                problem.compareAndSet("", words(exchange));
            }
            free.release();
        });
    }

    /** The latencies since the last call, in nanoseconds. */
    Histogram lap() {
        check();
        return latencyNs.getIntervalHistogram();
    }

    /** How many puts are committed. */
    long committed() {
        return committed.get();
    }

    private void check() {
        if (!problem.get().isEmpty()) {
            throw CommandFailedException.failed("a put failed: " + problem.get());
        }
    }

    private static void require(KvExchange exchange) {
        if (!exchange.isDone()) {
            throw CommandFailedException.failed("not executed: " + words(exchange));
        }
    }

    private static String words(KvExchange exchange) {
        return exchange.word() + exchange.reason().map(why -> ", " + why).orElse("");
    }

    @Override
    public void close() {
        clients.forEach(KvClient::close);
    }
}
