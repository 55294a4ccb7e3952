package io.driftless.bench.failover;

import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.Machine;
import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.process.ScratchFolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code driftless bench failover}: three node processes with default settings, and a client that puts one value after
 * the other. Its leader is killed again and again. Measured is the time from the kill until the first put is committed
 * that was sent after it.
 */
@Command(name = "failover", sortOptions = false,
        description = {"How long clients wait when the leader gets SIGKILL, of three node processes on this machine:"
                + " from the kill until the first put is committed that was sent after it.",
            "The bars: the median is at most " + (int) FailoverReport.MEDIAN_BAR + " ms, and the longest at most "
                + (int) FailoverReport.WORST_BAR + " ms.",
            "Exit code 0 if the bars are met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench failover --kills 20 --json"})
public final class FailoverCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int WARMUP_PUTS = 5_000;
    private static final int PUTS_BETWEEN = 200;

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--kills", paramLabel = "N", defaultValue = "20",
            description = "how often a leader is killed (default: ${DEFAULT-VALUE})")
    private int kills;

    public FailoverCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (kills < 1) {
            throw CommandFailedException.usage("--kills must be at least 1");
        }
        return Cleanup.run(this::run);
    }

    private int run(Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        console.note("bench: starting three nodes in " + scratch.path());
        BenchCluster cluster = BenchCluster.start(scratch, cleanup);
        List<Double> gaps = new ArrayList<>();
        try (KvClient client = KvClient.connect(cluster.members(), 1)) {
            console.note("bench: warm-up, " + WARMUP_PUTS + " puts");
            put(client, WARMUP_PUTS);
            for (int i = 1; i <= kills; i++) {
                put(client, PUTS_BETWEEN);
                String leader = cluster.leader();
                long beganNs = System.nanoTime();
                cluster.kill(leader);
                put(client, 1);
                gaps.add((System.nanoTime() - beganNs) / (double) TimeUnit.MILLISECONDS.toNanos(1));
                console.note(String.format(Locale.ROOT, "bench: kill %d of %d, of %s: %.1f ms", i, kills, leader,
                        gaps.getLast()));
                cluster.restart(leader);
                // The next kill must find three servers that have the same.
                long applied = cluster.status(cluster.leader()).number("applied");
                cluster.await(leader, "it has caught up", status -> status.number("applied") >= applied);
            }
        }
        FailoverReport report = new FailoverReport(gaps);
        console.line(options.json() ? report.json() : Machine.describe(scratch.path()) + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }

    private static void put(KvClient client, int count) {
        for (int i = 0; i < count; i++) {
            KvExchange exchange = client.execute(new KvCommand.Put(Bytes.utf8("bench"), Bytes.utf8("failover")),
                    TIMEOUT);
            if (!exchange.isDone()) {
                throw CommandFailedException.failed("a put was not executed: " + exchange.word()
                        + exchange.reason().map(why -> ", " + why).orElse(""));
            }
        }
    }
}
