package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.cluster.LoadRun;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Progress;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless kv load}: many puts, and how long they took. */
@Command(name = "load", sortOptions = false,
        description = {"Puts many values, and measures it.",
            "The keys are load/0, load/1, and so on. No put is executed twice: what is not committed is counted.",
            "It gives up, with 1, once the cluster has executed nothing for longer than --timeout."},
        footer = {"", "Example:",
        "  driftless kv load --count 100000 --size 256 --cluster 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003"})
final class KvLoadCommand implements Callable<Integer> {

    private static final long SIZE_MAX = 16 << 20;

    @Option(names = "--count", paramLabel = "N", defaultValue = "10000", description =
            "How many puts. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "256", converter = Sizes.class, description =
            "Bytes of each value, or a number of KiB or MiB. Default: ${DEFAULT-VALUE}.")
    private long size;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "8", description =
            "How many clients. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(names = "--outstanding", paramLabel = "N", defaultValue = "64",
            description = "How many puts are under way at a time, in total. Default: ${DEFAULT-VALUE}.")
    private int outstanding;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;

    KvLoadCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (size > SIZE_MAX) {
            throw CommandFailedException.usage("--size: no cluster takes more than 16MiB");
        }
        LoadRun load;
        try {
            load = new LoadRun(count, (int) size, connections, outstanding, cluster.timeout());
        } catch (IllegalArgumentException wrong) {
            throw CommandFailedException.usage(String.valueOf(wrong.getMessage()));
        }
        String addresses = cluster.joined();
        Progress progress = new Progress(console, "puts", count);
        LoadRun.Tally tally;
        try {
            tally = load.run(addresses, (settled, committed) -> progress.at(settled, settled == committed ? ""
                    : String.format(Locale.ROOT, "%,d not committed", settled - committed)));
        } finally {
            progress.end();
        }
        long p50Us = tally.latencyNs().getValueAtPercentile(50) / 1000;
        long p99Us = tally.latencyNs().getValueAtPercentile(99) / 1000;
        boolean any = tally.committed() > 0;
        if (cluster.isJson()) {
            ObjectNode reasons = Json.object();
            tally.reasons().forEach(reasons::put);
            console.line(Json.line(Json.object().put("ops_per_s", tally.opsPerSecond())
                    .put("p50_us", any ? Long.valueOf(p50Us) : null)
                    .put("p99_us", any ? Long.valueOf(p99Us) : null).put("committed", tally.committed())
                    .put("rejected", tally.rejected())
                    .put("unknown", tally.unknown()).put("refused", tally.refused())
                    .put("not_sent", count - tally.settled())
                    .set("reasons", reasons)));
        } else {
            console.line(String.format(Locale.ROOT,
                    "%,d puts/s, %s; %,d committed, %,d rejected, %,d unknown%s", tally.opsPerSecond(),
                    any ? String.format(Locale.ROOT, "p50 %,d us, p99 %,d us", p50Us, p99Us) : "p50 -, p99 -",
                    tally.committed(), tally.rejected(), tally.unknown(),
                    tally.refused() == 0 ? "" : String.format(Locale.ROOT,
                    ", %,d refused (see driftless kv quota)", tally.refused())));
            tally.reasons().forEach((reason, count) ->
                    console.line(String.format(Locale.ROOT, "  %,d %s", count, reason)));
        }
        if (tally.gaveUp()) {
            throw CommandFailedException.failed(String.format(Locale.ROOT, "gave up: %s executed nothing for longer "
                    + "than --timeout (%,d ms); %,d of %,d puts were not sent", addresses,
                    cluster.timeout().toMillis(), count - tally.settled(), count));
        }
        return tally.isAllCommitted() ? 0 : 1;
    }
}
