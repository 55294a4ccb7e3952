package io.driftless.ops.demo.bank;

import io.driftless.machine.QueryOutcome;
import io.driftless.client.MemberClient;
import io.driftless.errors.MalformedException;
import io.driftless.ops.bank.BankClient;
import io.driftless.ops.bank.BankCommand;
import io.driftless.ops.bank.BankMachine;
import io.driftless.ops.bank.BankOutcome;
import io.driftless.ops.bank.BankQuery;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.cluster.Wiring;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.Progress;
import io.driftless.ops.process.LocalCluster;
import io.driftless.ops.process.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The demo of the bank from start to clean-up. For one run, confined to one thread. Whatever happens, neither a process
 * nor, unless it is to be kept, a folder is left.
 *
 * <p>Clients move money without a pause. Meanwhile leader after leader is killed; the next one dies only when the
 * killed one is back and the clients go on, so that two of three nodes are there at any time.
 */
public final class BankDemo {

    private static final int NODES = 3;
    private static final int ACCOUNTS = 100;
    private static final long DEPOSIT = 1_000;
    /** So much that some transfers are overdrafts. */
    private static final long AMOUNT_MAX = 500;
    private static final int CLIENTS = 8;
    private static final int OUTSTANDING = 8;
    private static final long HEAP_MIB = 256;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STALL = Duration.ofSeconds(40);
    private static final Duration AGREE = Duration.ofSeconds(40);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    /** Between the return of a node and the next kill. */
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Console console;
    private final Duration time;
    private final boolean keep;
    private final Progress progress;
    private final Ledger ledger = new Ledger();
    private final List<String> accounts = IntStream.rangeClosed(1, ACCOUNTS)
            .mapToObj(number -> String.format(Locale.ROOT, "account-%03d", number)).toList();
    private long endNs;
    /** Every account is open, and has its deposit, from here on. */
    private long openedIndex;
    private int kills;
    private long totalsRead;
    private String wrongTotal = "";

    /** Money moves for {@code time}; the folder stays if {@code keep}. */
    public BankDemo(Console console, Duration time, boolean keep) {
        this.console = console;
        this.time = time;
        this.keep = keep;
        this.progress = new Progress(console, "s", time.toSeconds());
    }

    /**
     * Runs it.
     *
     * @param json whether the verdict is one line of JSON on standard output, and the table goes to standard error
     * @return whether everything was verified
     */
    public boolean run(boolean json) throws IOException, InterruptedException {
        Stage stage = Stage.open(keep, progress::end);
        Optional<Audit> audit = Optional.empty();
        try (stage) {
            console.note(String.format(Locale.ROOT, "%d accounts of %,d and %d clients; starting %d nodes in %s",
                    ACCOUNTS, DEPOSIT, CLIENTS, NODES, stage.path()));
            LocalCluster cluster = stage.start(NODES, Map.of("log.segment.bytes", "16MiB", "state.machine",
                    BankMachine.class.getName()), HEAP_MIB, START);
            openAccounts(cluster);
            moveMoney(cluster);
            progress.state("waiting until all nodes agree");
            audit = Optional.of(audit(cluster));
        } catch (IOException gaveUp) {
            if (!stage.isProcessEnding()) {
                progress.note("gave up: " + gaveUp.getMessage());
            }
        }
        if (stage.isProcessEnding()) {
            return false;
        }
        BankReport report = new BankReport(ledger.tally(), new BankReport.Story(kills, totalsRead, wrongTotal), audit);
        if (json) {
            report.table().forEach(console::note);
            console.line(report.json());
        } else {
            report.table().forEach(console::line);
        }
        if (keep) {
            console.note("kept: " + stage.path());
        }
        return report.isVerified();
    }

    private static BankClient connect(LocalCluster cluster) {
        return new BankClient(Wiring.client(cluster.addresses(), OUTSTANDING + 1));
    }

    /** Nobody is killed yet, so everything must be done. */
    private void openAccounts(LocalCluster cluster) throws IOException {
        try (BankClient client = connect(cluster)) {
            allDone(client, BankCommand.Open::new);
            List<BankOutcome.Done> deposits = allDone(client, account -> new BankCommand.Deposit(account, DEPOSIT));
            for (int i = 0; i < ACCOUNTS; i++) {
                ledger.opened(accounts.get(i), DEPOSIT, deposits.get(i).index());
            }
        }
        openedIndex = ledger.tally().highestIndex();
    }

    private List<BankOutcome.Done> allDone(BankClient client, Function<String, BankCommand> command)
            throws IOException {
        List<BankOutcome.Done> done = new ArrayList<>();
        for (CompletableFuture<BankOutcome> each : accounts.stream().map(account ->
                client.submit(command.apply(account), START)).toList()) {
            if (!(each.join() instanceof BankOutcome.Done settled)) {
                throw new IOException("the accounts cannot be opened: " + each.join());
            }
            done.add(settled);
        }
        return done;
    }

    private void moveMoney(LocalCluster cluster) throws IOException, InterruptedException {
        Transfers transfers = new Transfers(accounts, AMOUNT_MAX, OUTSTANDING, ledger);
        endNs = System.nanoTime() + time.toNanos();
        transfers.start(CLIENTS, () -> connect(cluster));
        try {
            ledger.awaitMoreDone(1, STALL);
            do {
                killALeader(cluster);
            } while (System.nanoTime() - endNs < 0);
        } finally {
            transfers.stop();
        }
    }

    private void killALeader(LocalCluster cluster) throws IOException, InterruptedException {
        watch(cluster);
        String leader = cluster.awaitLeader(START);
        cluster.node(leader).kill();
        kills++;
        progress.note("killed the leader, " + leader + ", with SIGKILL after "
                + Count.of(ledger.tally().done(), "transfer"));
        // What was under way may have been done before: one more was certainly sent after the kill.
        ledger.awaitMoreDone(CLIENTS * OUTSTANDING + 1, STALL);
        cluster.restart(leader);
        progress.note("restarted " + leader);
        awaitAllThere(cluster);
    }

    private void awaitAllThere(LocalCluster cluster) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + START.toNanos();
        while (!cluster.status().members().stream().allMatch(BankDemo::isInTheCluster)) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException("a node that was restarted is not back after " + START.toSeconds() + " s");
            }
            pause();
        }
    }

    private static boolean isInTheCluster(MemberStatus member) {
        return member.json().filter(json -> json.hasNonNull("leader")).isPresent();
    }

    /** Asks each node for its total, again and again for a moment. */
    private void watch(LocalCluster cluster) throws InterruptedException {
        long untilNs = System.nanoTime() + QUIET.toNanos();
        while (System.nanoTime() - untilNs < 0) {
            for (String name : cluster.names()) {
                try (MemberClient member = Wiring.member(cluster.address(name), CONNECT)) {
                    QueryOutcome.Answered answer = Audit.Asked.member(member).ask(new BankQuery.Whole());
                    // A node that was just restarted begins with empty books.
                    if (answer.index() >= openedIndex) {
                        read(name, answer);
                    }
                } catch (IOException notNow) {
                    // It is only asked now and then, and asked again in the end.
                }
            }
            pause();
        }
    }

    private void read(String name, QueryOutcome.Answered answer) throws IOException {
        try {
            long total = Audit.books(answer).total();
            totalsRead++;
            if (total != ACCOUNTS * DEPOSIT && wrongTotal.isEmpty()) {
                wrongTotal = name + " had " + total + " in all at index " + answer.index() + "; deposited were "
                        + ACCOUNTS * DEPOSIT;
            }
        } catch (MalformedException noBank) {
            throw new IOException(noBank.getMessage(), noBank);
        }
    }

    /** Waits until all nodes have applied the same, not less than what was acknowledged, and reads their books. */
    private Audit audit(LocalCluster cluster) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + AGREE.toNanos();
        Ledger.Tally tally = ledger.tally();
        while (true) {
            boolean late = System.nanoTime() - deadlineNs > 0;
            try {
                List<Audit.NodeBooks> books = new ArrayList<>();
                for (String name : cluster.names()) {
                    try (MemberClient member = Wiring.member(cluster.address(name), CONNECT)) {
                        books.add(Audit.read(name, Audit.Asked.member(member), accounts));
                    }
                }
                SortedSet<Long> applied = new TreeSet<>(books.stream().map(Audit.NodeBooks::applied).toList());
                if (late || applied.size() == 1 && applied.first() >= tally.highestIndex()) {
                    return new Audit(books, tally);
                }
            } catch (IOException notYet) {
                if (late) {
                    throw notYet;
                }
            }
            pause();
        }
    }

    private void pause() throws InterruptedException {
        progress.at(time.toSeconds() - Math.max(0, TimeUnit.NANOSECONDS.toSeconds(endNs - System.nanoTime())));
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
}
