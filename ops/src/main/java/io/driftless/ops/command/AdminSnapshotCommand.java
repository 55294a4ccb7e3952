package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.client.ClientConfig;
import io.driftless.client.MemberClient;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.ops.cluster.Wiring;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code driftless admin snapshot}: one node takes a snapshot now. */
@Command(name = "snapshot", sortOptions = false,
        description = {"Has one node take a snapshot now, and waits until it is on the disk.",
            "Commands go on meanwhile. The other members take none."},
        footer = {"", "Ends with 0 also if the newest snapshot has all that was applied already.", "", "Example:",
            "  driftless admin snapshot 127.0.0.1:7001"})
final class AdminSnapshotCommand implements Callable<Integer> {

    /** Then it is said that it takes time; and again after twice that. */
    private static final long FIRST_NOTE_NS = 2_000_000_000L;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(paramLabel = "HOST:PORT", description = "Address of the node, with or without its name"
            + " (n1=HOST:PORT): with it, another node that is there takes none.")
    private String node = "";

    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "1m",
            description = "How long to wait for the snapshot. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofMinutes(1);

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    private final Console console;

    AdminSnapshotCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterOptions.check("HOST:PORT", ClientConfig.addressOf(node));
        String address = ClientConfig.addressOf(node);
        long beganNs = System.nanoTime();
        try (MemberClient client = Wiring.member(address, timeout)) {
            requireName(client, left(beganNs));
            Duration left = left(beganNs);
            CompletableFuture<SnapshotOutcome> answer = new CompletableFuture<>();
            Thread.ofVirtual().name("driftless-admin-snapshot").start(() -> {
                try {
                    answer.complete(client.takeSnapshot(left));
                } catch (Throwable noAnswer) {
                    answer.completeExceptionally(noAnswer);
                }
            });
            return show(address, awaited(answer, address, beganNs));
        }
    }

    private Duration left(long beganNs) {
        return Duration.ofNanos(Math.max(1, timeout.toNanos() - (System.nanoTime() - beganNs)));
    }

    /** Of another node than the one that was named nothing is asked. */
    private void requireName(MemberClient client, Duration left) throws IOException {
        String named = ClusterOptions.nameOf(node);
        if (named.isEmpty()) {
            return;
        }
        String there = Json.parseObject(client.statusJson(left)).map(status -> status.path("node").asText()).orElse("");
        if (!there.equals(named)) {
            throw CommandFailedException.failed(ClientConfig.addressOf(node) + ": this is " + there + ", not " + named
                    + ": no snapshot was asked for");
        }
    }

    /** Says now and then that it is still waited for. */
    private SnapshotOutcome awaited(CompletableFuture<SnapshotOutcome> answer, String address, long beganNs)
            throws IOException, InterruptedException {
        for (long noteNs = FIRST_NOTE_NS;; noteNs *= 2) {
            try {
                return answer.get(Math.max(1, noteNs - (System.nanoTime() - beganNs)), TimeUnit.NANOSECONDS);
            } catch (TimeoutException notYet) {
                console.note("waiting for the snapshot of " + address + ", " + noteNs / 1_000_000_000 + " s");
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof IOException noAnswer) {
                    if (noAnswer.getCause() instanceof TimeoutException) {
                        throw CommandFailedException.failed(noAnswer.getMessage()
                                + "; the snapshot may still come, 'driftless status' shows the newest");
                    }
                    throw noAnswer;
                }
                throw new IllegalStateException("asking for a snapshot", failed.getCause());
            }
        }
    }

    private int show(String address, SnapshotOutcome outcome) {
        ObjectNode line = Json.object().put("op", "snapshot").put("address", address);
        return switch (outcome) {
            case SnapshotOutcome.Taken taken -> {
                long tookMs = taken.took().toMillis();
                console.line(json ? Json.line(line.put("taken", true).put("index", taken.index())
                        .put("bytes", taken.bytes()).put("took_ms", tookMs))
                        : String.format(Locale.ROOT, "snapshot of index %d taken: %,d bytes, in %,d ms", taken.index(),
                        taken.bytes(), tookMs));
                yield 0;
            }
            case SnapshotOutcome.NotTaken not -> {
                boolean isThere = not.reason() == SnapshotOutcome.Reason.UP_TO_DATE && not.newest() > 0;
                if (json) {
                    console.line(Json.line(line.put("taken", false)
                            .put("reason", not.reason().name().toLowerCase(Locale.ROOT))
                            .put("newest", not.newest() == 0 ? null : Long.valueOf(not.newest()))
                            .put("detail", not.detail())));
                } else if (isThere) {
                    console.line("no new snapshot: " + not.detail());
                } else {
                    throw CommandFailedException.failed(address + ": no snapshot: " + not.detail());
                }
                yield isThere ? 0 : CommandFailedException.FAILED;
            }
        };
    }
}
