package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.ops.bank.BankClient;
import io.driftless.ops.bank.BankCommand;
import io.driftless.ops.bank.BankMachine;
import io.driftless.ops.bank.BankOutcome;
import io.driftless.ops.cluster.Wiring;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients in sessions over three node processes, one of which at a time is killed with SIGKILL, or stopped with SIGSTOP
 * for at most two seconds: mostly the leader. Each client pays 1 into an account of its own, again and again, and is
 * told the balance: it shows at once if a payment is lost, or executed twice. No caller that waits for five seconds may
 * be left in doubt. {@code -Ddriftless.sessions.seconds} says for how long.
 */
class SessionsProcessTest {

    private static final int CLIENTS = 50;
    /** Some have several payments under way. */
    private static final int PIPELINED = 10;
    private static final int WINDOW = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int PAUSE_MS_MAX = 2_000;
    private static final long SECONDS = Long.getLong("driftless.sessions.seconds", 15);

    @TempDir
    private Path folder;

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong paid = new AtomicLong();
    private final AtomicLong slowestMs = new AtomicLong();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private int kills;
    private int pauses;

    @Test
    void everyPaymentIsMadeOnceAndNobodyIsLeftInDoubt() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3,
                Map.of("log.segment.bytes", "64MiB", "state.machine", BankMachine.class.getName()), 256, PATIENCE,
                started -> { })) {
            List<Thread> clients = new ArrayList<>();
            for (int number = 0; number < CLIENTS; number++) {
                String account = "account-" + number;
                int window = number < PIPELINED ? WINDOW : 1;
                clients.add(Thread.ofPlatform().name(account).start(() -> pay(cluster.addresses(), account, window)));
            }
            try {
                awaitMore(CLIENTS);
                trouble(cluster);
            } finally {
                stop.set(true);
                for (Thread client : clients) {
                    client.join();
                }
            }
        }
        System.out.println("sessions: " + CLIENTS + " clients, " + paid + " payments in " + SECONDS + " s, " + kills
                + " kills, " + pauses + " pauses; wrong balances, rejections and unknown outcomes: " + wrong.size()
                + "; slowest " + slowestMs + " ms");
        assertEquals(List.of(), List.copyOf(wrong).stream().limit(10).toList());
        assertTrue(kills > 0 && pauses > 0, "what it is about");
    }

    private void trouble(LocalCluster cluster) throws Exception {
        Random random = new Random(7);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        // One round may take longer than that on a slow machine: there are a kill and a pause in any case.
        for (int round = 0; (System.nanoTime() < endNs || pauses == 0) && wrong.isEmpty(); round++) {
            String name = random.nextInt(4) == 0 ? cluster.names().get(random.nextInt(3))
                    : cluster.awaitLeader(PATIENCE);
            if (round % 2 == 0) {
                cluster.node(name).kill();
                awaitMore(CLIENTS);
                cluster.restart(name);
                kills++;
            } else {
                signal("STOP", cluster.node(name));
                // The length of the pause is the fault.
                over.await(random.nextInt(200, PAUSE_MS_MAX), TimeUnit.MILLISECONDS);
                signal("CONT", cluster.node(name));
                pauses++;
            }
            cluster.awaitLeader(PATIENCE);
            awaitCaughtUp(cluster);
            awaitMore(10L * CLIENTS);
        }
    }

    private static void signal(String name, ChildNode node) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(node.pid())).inheritIO().start()
                .waitFor());
    }

    private static void awaitCaughtUp(LocalCluster cluster) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).ignoreExceptions().until(() -> cluster.status()
                .members().stream().allMatch(member -> member.isReachable()
                        && !member.text("role").equals("candidate")));
    }

    private void awaitMore(long more) {
        long before = paid.get();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> paid.get() >= before + more
                || !wrong.isEmpty());
    }

    private void pay(String addresses, String account, int window) {
        try (RaftClient raft = Wiring.client(addresses, window + 1); BankClient bank = new BankClient(raft)) {
            tell(account, 0, bank.execute(new BankCommand.Open(account), DEADLINE), System.nanoTime());
            Deque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
            for (long balance = 1; !stop.get() && wrong.isEmpty(); balance++) {
                long expected = balance;
                long sentNs = System.nanoTime();
                underWay.add(bank.submit(new BankCommand.Deposit(account, 1), DEADLINE)
                        .thenAccept(outcome -> tell(account, expected, outcome, sentNs)));
                if (underWay.size() == window) {
                    underWay.removeFirst().join();
                }
            }
            underWay.forEach(CompletableFuture::join);
        }
    }

    private void tell(String account, long expected, BankOutcome outcome, long sentNs) {
        slowestMs.accumulateAndGet((System.nanoTime() - sentNs) / 1_000_000, Math::max);
        if (outcome instanceof BankOutcome.Done done && done.balance() == expected) {
            paid.incrementAndGet();
        } else {
            wrong.add(account + ", payment " + expected + ": " + outcome);
            over.countDown();
        }
    }
}
