package io.driftless.ops.torture;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import io.driftless.ops.torture.ReadHistory.Command;
import io.driftless.ops.torture.ReadHistory.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients in sessions that compare and set registers, a thread each and one command after the other, and write down
 * what they saw. Each mostly writes a register of its own, so that most commands change something. Thread safe.
 */
final class RegisterWriters {

    private static final int CLIENTS = 4;
    /** So many changes of a lap, so that the search for an order stays small. */
    private static final int CHANGES_PER_LAP = 120;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int PAUSE_NS = 4_000_000;

    private final String addresses;
    private final ReadHistory history;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong values = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong lastIndex = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();

    /** They begin at once. */
    RegisterWriters(String addresses, ReadHistory history, Random random) {
        this.addresses = addresses;
        this.history = history;
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            long seed = random.nextLong();
            threads.add(Thread.ofPlatform().name("register-writer-" + i).start(() -> history.guard(() ->
                    work(number, new Random(seed)))));
        }
    }

    /** Which registers are written and read now. */
    int lap() {
        return (int) (changes.get() / CHANGES_PER_LAP);
    }

    /** What the keys of a lap begin with. */
    static String prefix(int lap) {
        return "lap" + lap + "-";
    }

    private static Bytes key(int register) {
        return Bytes.utf8(prefix(register / ReadHistory.LAP) + register % ReadHistory.LAP);
    }

    /** How many commands have changed a register, as far as is known. */
    long changes() {
        return changes.get();
    }

    /** The index of the command that was acknowledged last. */
    long lastIndex() {
        return lastIndex.get();
    }

    private void work(int number, Random random) {
        Map<Integer, Long> known = new HashMap<>();
        try (KvClient client = KvClient.connect(addresses, 4)) {
            while (!stop.get()) {
                int register = ReadHistory.register(lap(), random.nextInt(4) == 0 ? random.nextInt(ReadHistory.LAP)
                        : number % ReadHistory.LAP);
                if (!change(client, register, known, DEADLINE)) {
                    look(client, register, known);
                }
                LockSupport.parkNanos(random.nextInt(PAUSE_NS));
            }
        }
    }

    /**
     * Changes some registers as a client that comes now and knows one address; false if it has not done so within
     * {@code patience}.
     */
    boolean changeAsNewcomer(String address, int count, Duration patience) {
        Map<Integer, Long> known = new HashMap<>();
        long endNs = System.nanoTime() + patience.toNanos();
        int done = 0;
        try (KvClient client = KvClient.connect(address, 4)) {
            for (int i = 0; done < count && System.nanoTime() < endNs; i++) {
                int register = ReadHistory.register(lap(), i % ReadHistory.LAP);
                look(client, register, known);
                done += change(client, register, known, Duration.ofNanos(Math.max(1_000_000,
                        endNs - System.nanoTime()))) ? 1 : 0;
            }
        }
        return done == count;
    }

    private boolean change(KvClient client, int register, Map<Integer, Long> known, Duration patience) {
        long before = known.getOrDefault(register, 0L);
        long value = values.incrementAndGet();
        Bytes bytes = Bytes.utf8(Long.toString(value));
        long begunNs = System.nanoTime();
        KvExchange exchange = client.execute(before == 0 ? new KvCommand.Create(key(register), bytes)
                : new KvCommand.Cas(key(register), Bytes.utf8(Long.toString(before)), bytes), patience);
        long endedNs = System.nanoTime();
        Fate fate = exchange.outcome() instanceof Outcome.Unknown ? Fate.UNKNOWN
                : exchange.reply().orElse(null) instanceof KvReply.Written ? Fate.CHANGED : Fate.NOTHING;
        add(new Command(register, before, value, begunNs, endedNs, index(exchange), fate));
        if (fate == Fate.CHANGED) {
            known.put(register, value);
            changes.incrementAndGet();
        }
        return fate == Fate.CHANGED;
    }

    /** Reads through the log. */
    private void look(KvClient client, int register, Map<Integer, Long> known) {
        long begunNs = System.nanoTime();
        KvExchange exchange = client.execute(new KvCommand.Get(key(register)), DEADLINE);
        long endedNs = System.nanoTime();
        exchange.reply().ifPresent(reply -> {
            long value = reply instanceof KvReply.Found(long version, Bytes found) ? Long.parseLong(found.utf8()) : 0;
            known.put(register, value);
            add(new Command(register, 0, value, begunNs, endedNs, index(exchange), Fate.READ));
        });
    }

    private void add(Command command) {
        history.add(command);
        if (command.index() > 0) {
            lastIndex.set(command.index());
        }
    }

    private static long index(KvExchange exchange) {
        return exchange.outcome() instanceof Outcome.Committed(long index, var result) ? index : 0;
    }

    /** Waits for their last answers. Idempotent. */
    void end() throws InterruptedException {
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
