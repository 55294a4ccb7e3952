package io.driftless.ops.demo;

import io.driftless.ops.cluster.ClusterStatus;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.cluster.NodeProbe;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.Progress;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
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
import java.util.concurrent.TimeUnit;

/**
 * The demo from start to clean-up. Confined to one thread. Whatever happens, neither a process nor, unless it is to be
 * kept, a folder is left.
 *
 * <p>Lines are sent without a pause while the leader is killed and restarted; only the last quarter waits for the kill,
 * so that it comes half way on the fastest machine too.
 */
public final class Demo {

    private static final int OUTSTANDING = 64;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration AGREE = Duration.ofSeconds(40);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(50);
    /** The default of {@code log.max.entry.bytes}, which the nodes run with. */
    private static final long COMMAND_BYTES_MAX = 1 << 20;
    private static final long MIB = 1 << 20;

    private final Console console;
    private final DemoInput input;
    private final int nodes;
    private final boolean keep;
    private final Progress progress;

    /**
     * Of a text on {@code nodes} processes, whose folder stays if {@code keep}. Lines that are too long are refused
     * here.
     */
    public Demo(Console console, DemoInput input, int nodes, boolean keep) {
        input.requireCommandsUpTo(COMMAND_BYTES_MAX);
        this.console = console;
        this.input = input;
        this.nodes = nodes;
        this.keep = keep;
        this.progress = new Progress(console, "lines", input.count());
    }

    /**
     * Runs it.
     *
     * @param json whether the verdict is one line of JSON on standard output, and the table goes to standard error
     * @return whether everything was verified
     */
    public boolean run(boolean json) throws IOException, InterruptedException {
        Stage stage = Stage.open(keep, progress::end);
        DemoReport report;
        try (stage) {
            console.note(String.format(Locale.ROOT, "%s of %s; starting %s in %s", Count.of(input.count(), "line"),
                    input.name(), Count.of(nodes, "node"), stage.path()));
            report = replicate(stage.start(nodes, Map.of("log.segment.bytes", "16MiB"), heapMib(), START), stage);
        } catch (IOException notStarted) {
            if (!stage.isProcessEnding()) {
                console.note("gave up: " + notStarted.getMessage());
            }
            report = new DemoReport(input.count(), LineReplication.Tally.NOTHING, Optional.empty());
        }
        if (stage.isProcessEnding()) {
            return false;
        }
        show(report, json);
        if (keep) {
            console.note("kept: " + stage.path() + " (read a log with: driftless log dump " + stage.path()
                    .resolve("n1") + ")");
        }
        return report.isVerified();
    }

    /** A node holds the text, its log's cache and what is on the way. */
    private long heapMib() {
        return 256 + (input.bytes() * 3 + input.count() * 400L) / MIB;
    }

    private DemoReport replicate(LocalCluster cluster, Stage stage) throws InterruptedException {
        int half = input.count() / 2;
        try (KvClient client = KvClient.connect(cluster.addresses(), 4 * OUTSTANDING)) {
            makeRoom(client);
            LineReplication replication = new LineReplication(input, client, OUTSTANDING, half
                    + (input.count() - half) / 2, progress::at);
            Thread sender = Thread.ofPlatform().name("driftless-sender").start(replication::run);
            Optional<Verification> verification = Optional.empty();
            try {
                replication.awaitAcknowledged(half);
                String killed = killLeader(cluster, replication);
                replication.sendAll();
                if (nodes > 2) {
                    replication.awaitAcknowledged(half + (input.count() - half) / 2 + 1);
                }
                cluster.restart(killed);
                progress.note("restarted " + killed);
                replication.awaitAcknowledged(input.count());
                progress.state("waiting until all nodes agree");
                verification = Optional.of(verify(cluster, replication.tally()));
            } catch (IOException gaveUp) {
                if (!stage.isProcessEnding()) {
                    progress.note("gave up: " + gaveUp.getMessage());
                }
            } finally {
                replication.fail("the demo is over");
                sender.join();
            }
            return new DemoReport(input.count(), replication.tally(), verification);
        }
    }

    /** A text above the default quota gets one of its own, before its first line. */
    private void makeRoom(KvClient client) {
        long quota = input.quotaBytes();
        if (quota > KeyValueMachine.DEFAULT_QUOTA_BYTES) {
            KvExchange set = client.execute(new KvCommand.SetQuota(quota), START);
            progress.note("quota of " + quota + " bytes: " + set.reason().orElse("set"));
        }
    }

    private String killLeader(LocalCluster cluster, LineReplication replication) throws IOException,
            InterruptedException {
        String leader = cluster.awaitLeader(START);
        long killNs = System.nanoTime();
        cluster.node(leader).kill();
        replication.leaderKilled(killNs, System.nanoTime());
        progress.note("killed the leader, " + leader + ", with SIGKILL after "
                + Count.of(replication.tally().count(), "line"));
        return leader;
    }

    /** Waits until all nodes have applied the same, not less than what was acknowledged, and reads them. */
    private Verification verify(LocalCluster cluster, LineReplication.Tally tally) throws IOException,
            InterruptedException {
        long deadlineNs = System.nanoTime() + AGREE.toNanos();
        while (true) {
            boolean late = System.nanoTime() - deadlineNs > 0;
            try {
                if (late || isSettled(cluster, tally.highestIndex())) {
                    Verification verification = Verification.of(readAll(cluster), tally.acknowledged());
                    // Between two nodes a new leader may have written the entry that its term begins with.
                    if (late || verification.isOfOneIndex()) {
                        tellLeader(cluster.status());
                        return verification;
                    }
                }
            } catch (IOException notYet) {
                if (late) {
                    throw notYet;
                }
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private boolean isSettled(LocalCluster cluster, long highestIndex) throws IOException {
        SortedSet<Long> applied = new TreeSet<>();
        for (String name : cluster.names()) {
            try (NodeProbe probe = NodeProbe.connect(cluster.address(name), CONNECT)) {
                applied.add(probe.summary(CONNECT).applied());
            }
        }
        return applied.size() == 1 && applied.first() >= highestIndex;
    }

    private List<Verification.NodeState> readAll(LocalCluster cluster) throws IOException {
        List<Verification.NodeState> states = new ArrayList<>();
        for (String name : cluster.names()) {
            try (NodeProbe probe = NodeProbe.connect(cluster.address(name), CONNECT)) {
                states.add(Verification.read(name, probe, input));
            }
        }
        return states;
    }

    private void tellLeader(ClusterStatus status) {
        status.leader().ifPresent(leader -> progress.note("the leader is " + leader.text("node") + " in term "
                + leader.text("term")));
    }

    private void show(DemoReport report, boolean json) {
        if (json) {
            report.table().forEach(console::note);
            console.line(report.json());
        } else {
            report.table().forEach(console::line);
        }
    }
}
