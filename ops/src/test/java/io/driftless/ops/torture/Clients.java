package io.driftless.ops.torture;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that each send one command after the other, a thread each, and write down what they saw. All values are
 * different. A command whose outcome is unknown is never sent again.
 */
final class Clients {

    private static final int CLIENTS = 6;
    private static final int KEYS = 5;
    /** So many commands on the same keys, so that the search for an order stays small. */
    private static final int COMMANDS_PER_LAP = 150;
    private static final int PAUSE_NS = 3_000_000;
    private static final int SHORTEST_MS = 150;
    private static final int LONGEST_MS = 3_000;
    private static final int PADDING = 1_000;

    private final String addresses;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<List<Recorded>> histories = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** They begin at once. */
    Clients(String addresses, Random random) {
        this.addresses = addresses;
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            long seed = random.nextLong();
            List<Recorded> history = new ArrayList<>();
            histories.add(history);
            threads.add(Thread.ofPlatform().name("torture-client-" + i)
                    .start(() -> work(number, new Random(seed), history)));
        }
    }

    private void work(int number, Random random, List<Recorded> history) {
        Map<Bytes, Bytes> seen = new HashMap<>();
        try (KvClient client = KvClient.connect(addresses, 4)) {
            for (int serial = 0; !stop.get(); serial++) {
                Bytes key = Bytes.utf8("lap" + serial / COMMANDS_PER_LAP + "-key" + random.nextInt(KEYS));
                Bytes value = Bytes.utf8(number + "-" + serial + "-" + "x".repeat(random.nextInt(PADDING)));
                KvCommand command = command(random.nextInt(100), key, value, Optional.ofNullable(seen.get(key)));
                Duration patience = Duration.ofMillis(random.nextInt(SHORTEST_MS, LONGEST_MS));
                long begunNs = System.nanoTime();
                KvExchange exchange = client.execute(command, patience);
                history.add(new Recorded(number, begunNs, System.nanoTime(), exchange));
                if (exchange.reply().orElse(null) instanceof KvReply.Found(long version, Bytes found)) {
                    seen.put(key, found);
                }
                LockSupport.parkNanos(random.nextInt(PAUSE_NS));
            }
        }
    }

    private static KvCommand command(int dice, Bytes key, Bytes value, Optional<Bytes> seen) {
        if (dice < 45) {
            return new KvCommand.Put(key, value);
        }
        if (dice < 85) {
            return new KvCommand.Get(key);
        }
        return seen.isPresent() ? new KvCommand.Cas(key, seen.get(), value) : new KvCommand.Create(key, value);
    }

    /** Sends one command until it is committed; how long that took, or empty if it was not within {@code patience}. */
    static Optional<Duration> awaitCommit(String addresses, Duration patience) {
        long begunNs = System.nanoTime();
        try (KvClient client = KvClient.connect(addresses, 4)) {
            while (System.nanoTime() - begunNs < patience.toNanos()) {
                KvCommand command = new KvCommand.Get(Bytes.utf8("calm"));
                if (client.execute(command, Duration.ofSeconds(1)).outcome() instanceof Outcome.Committed) {
                    return Optional.of(Duration.ofNanos(System.nanoTime() - begunNs));
                }
            }
            return Optional.empty();
        }
    }

    /** Waits for their last answers; what they all saw. Idempotent. */
    List<Recorded> end() throws InterruptedException {
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return histories.stream().flatMap(List::stream).toList();
    }
}
