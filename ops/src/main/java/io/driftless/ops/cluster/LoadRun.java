package io.driftless.ops.cluster;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.kv.KvCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Puts a number of values over several connections with several commands outstanding. What is not committed is counted,
 * never sent again. Immutable.
 *
 * @param count       how many puts
 * @param size        bytes of each value
 * @param connections how many clients
 * @param outstanding how many commands are under way in total, at least one a connection
 * @param timeout     of each command
 */
public record LoadRun(long count, int size, int connections, int outstanding, Duration timeout) {

    private static final Duration TELL_EVERY = Duration.ofSeconds(1);

    /**
     * What came of it. Immutable.
     *
     * @param committed how many were, and were not refused
     * @param refused   how many were committed and refused by the machine, as where its quota is used up
     * @param rejected  how many were
     * @param unknown   of how many it is not known
     * @param reasons   what went wrong, each reason in a word, and how often
     * @param elapsedNs from the first to the last
     * @param latencyNs of those committed
     * @param gaveUp    whether it ended early, since the cluster executed nothing for longer than the timeout
     */
    public record Tally(long committed, long refused, long rejected, long unknown, SortedMap<String, Long> reasons,
            long elapsedNs, Histogram latencyNs, boolean gaveUp) {

        /** How many puts came to an end. */
        public long settled() {
            return committed + refused + rejected + unknown;
        }

        /** Committed puts a second. */
        public long opsPerSecond() {
            return Math.round(committed * 1e9 / Math.max(1, elapsedNs));
        }

        /** Whether all were committed. */
        public boolean isAllCommitted() {
            return refused == 0 && rejected == 0 && unknown == 0 && !gaveUp;
        }
    }

    /** A client has one more under way, and in a session no more than an entry can name. */
    private static final int OUTSTANDING_MAX = 65_534;

    /** Checks the numbers. */
    public LoadRun {
        requireAtLeast("--count", count, 1);
        requireAtLeast("--size", size, 0);
        requireAtLeast("--connections", connections, 1);
        if (outstanding < connections || outstanding > OUTSTANDING_MAX) {
            throw new IllegalArgumentException("--outstanding: " + outstanding + " is not from " + connections + " to "
                    + OUTSTANDING_MAX);
        }
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " is below " + least);
        }
    }

    /** Is told how it goes, by several threads. */
    public interface Watcher {
        /** So many are settled, of which so many are committed: told with each one, and at least once a second. */
        void at(long settled, long committed);
    }

    /**
     * Runs it; {@code progress} is told how it goes. It gives up once the cluster has executed nothing for longer than
     * the timeout, and puts have failed.
     */
    public Tally run(String addresses, Watcher progress) throws InterruptedException {
        Run run = new Run(progress);
        List<KvClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                clients.add(KvClient.connect(addresses, outstanding + 1));
            }
            long startNs = System.nanoTime();
            for (int i = 0; i < connections; i++) {
                KvClient client = clients.get(i);
                int share = outstanding / connections + (i < outstanding % connections ? 1 : 0);
                long seed = i;
                threads.add(Thread.ofVirtual().name("driftless-load-" + i).start(() -> run.send(client, share, seed)));
            }
            for (Thread thread : threads) {
                while (!thread.join(TELL_EVERY)) {
                    run.tell();
                }
            }
            long elapsedNs = System.nanoTime() - startNs;
            return run.tally(elapsedNs);
        } finally {
            threads.forEach(Thread::interrupt);
            clients.forEach(KvClient::close);
        }
    }

    /** What the connections share. */
    private final class Run {
        private final Watcher progress;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong committed = new AtomicLong();
        private final AtomicLong refused = new AtomicLong();
        private final AtomicLong rejected = new AtomicLong();
        private final AtomicLong unknown = new AtomicLong();
        private final ConcurrentHashMap<String, LongAdder> reasons = new ConcurrentHashMap<>();
        private final Histogram latencyNs = new ConcurrentHistogram(3);
        private volatile long executedNs = System.nanoTime();
        private volatile boolean gaveUp;

        Run(Watcher progress) {
            this.progress = progress;
        }

        void send(KvClient client, int share, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Semaphore free = new Semaphore(share);
            try {
                for (long number = next.getAndIncrement(); number < count && !gaveUp;
                        number = next.getAndIncrement()) {
                    free.acquire();
                    if (gaveUp) {
                        free.release();
                        break;
                    }
                    byte[] value = new byte[size];
                    random.nextBytes(value);
                    KvCommand put = new KvCommand.Put(Bytes.utf8("load/" + number), Bytes.wrap(value));
                    client.submitWhenRoom(put, timeout).thenAccept(exchange -> {
                        settled(exchange);
                        free.release();
                    });
                }
                free.acquire(share);
            } catch (InterruptedException gaveUp) {
                Thread.currentThread().interrupt();
            }
        }

        private void settled(KvExchange exchange) {
            exchange.reason().ifPresent(why -> reasons.computeIfAbsent(why.split(":", 2)[0], word -> new LongAdder())
                    .increment());
            switch (exchange.outcome()) {
                case Outcome.Committed done -> {
                    executedNs = System.nanoTime();
                    if (done.result().isOk()) {
                        committed.incrementAndGet();
                        latencyNs.recordValue(exchange.nanos());
                    } else {
                        refused.incrementAndGet();
                    }
                }
                case Outcome.Rejected refused -> {
                    rejected.incrementAndGet();
                    giveUpIfGone();
                }
                case Outcome.Unknown open -> {
                    unknown.incrementAndGet();
                    giveUpIfGone();
                }
            }
            tell();
        }

        private void giveUpIfGone() {
            gaveUp |= System.nanoTime() - executedNs >= timeout.toNanos();
        }

        void tell() {
            progress.at(settled(), committed.get());
        }

        private long settled() {
            return committed.get() + refused.get() + rejected.get() + unknown.get();
        }

        Tally tally(long elapsedNs) {
            return new Tally(committed.get(), refused.get(), rejected.get(), unknown.get(), reasons(), elapsedNs,
                    latencyNs, settled() < count);
        }

        SortedMap<String, Long> reasons() {
            SortedMap<String, Long> sums = new TreeMap<>();
            reasons.forEach((word, count) -> sums.put(word, count.sum()));
            return sums;
        }
    }
}
