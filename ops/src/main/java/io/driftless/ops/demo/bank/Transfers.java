package io.driftless.ops.demo.bank;

import io.driftless.ops.bank.BankClient;
import io.driftless.ops.bank.BankCommand;
import io.driftless.ops.bank.BankOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Clients that move money between accounts chosen at random, several transfers at a time each, until they are stopped.
 * Each transfer is sent once, and written into the ledger when its outcome is known. Thread safe.
 */
final class Transfers {

    /** Long enough for a client to find the next leader. */
    private static final Duration ATTEMPT = Duration.ofSeconds(10);
    /** Rejections may come at once, as long as the cluster is overloaded or has no leader. */
    private static final long PAUSE_AFTER_REJECTION_MS = 20;

    private final List<String> accounts;
    private final long amountMax;
    private final int outstanding;
    private final Ledger ledger;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * Transfers of 1 to {@code amountMax} between these accounts.
     *
     * @param outstanding how many a client has under way
     */
    Transfers(List<String> accounts, long amountMax, int outstanding, Ledger ledger) {
        this.accounts = List.copyOf(accounts);
        this.amountMax = amountMax;
        this.outstanding = outstanding;
        this.ledger = ledger;
    }

    /** Starts so many clients. */
    void start(int clients, Supplier<BankClient> connecting) {
        for (int i = 0; i < clients; i++) {
            long seed = i;
            threads.add(Thread.ofVirtual().name("driftless-teller-" + i).start(() -> run(connecting, seed)));
        }
    }

    /** Sends nothing more, and waits until the outcome of everything that was sent is told. */
    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void run(Supplier<BankClient> connecting, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Semaphore free = new Semaphore(outstanding);
        try (BankClient client = connecting.get()) {
            while (!stopped) {
                free.acquire();
                BankCommand.Transfer transfer = transfer(random);
                long sentNs = System.nanoTime();
                client.submit(transfer, ATTEMPT).whenComplete((outcome, thrown) -> {
                    if (thrown != null) {
                        ledger.broken("a transfer failed: " + thrown);
                        free.release();
                    } else {
                        ledger.settled(transfer, outcome, System.nanoTime() - sentNs);
                        release(free, outcome);
                    }
                });
            }
            free.acquire(outstanding);
        } catch (InterruptedException nobodyDoesThis) {
            Thread.currentThread().interrupt();
        }
    }

    private static void release(Semaphore free, BankOutcome outcome) {
        if (outcome instanceof BankOutcome.NotExecuted) {
            CompletableFuture.delayedExecutor(PAUSE_AFTER_REJECTION_MS, TimeUnit.MILLISECONDS).execute(free::release);
        } else {
            free.release();
        }
    }

    private BankCommand.Transfer transfer(SplittableRandom random) {
        int from = random.nextInt(accounts.size());
        int to = (from + 1 + random.nextInt(accounts.size() - 1)) % accounts.size();
        return new BankCommand.Transfer(accounts.get(from), accounts.get(to), 1 + random.nextLong(amountMax));
    }
}
