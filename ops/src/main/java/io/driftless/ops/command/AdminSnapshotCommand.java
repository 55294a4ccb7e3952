package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.client.ClientConfig;
import io.driftless.client.MemberClient;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.ops.cluster.Wiring;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
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

    private static final Duration A_MOMENT = Duration.ofSeconds(1);

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
    public Integer call() throws IOException {
        if (node.contains(",")) {
            throw CommandFailedException.usage("HOST:PORT: '" + node + "': one node only");
        }
        ClusterOptions.check("HOST:PORT", ClientConfig.addressOf(node));
        String address = ClientConfig.addressOf(node);
        long beganNs = System.nanoTime();
        Waiting waiting = Waiting.on(console, "the snapshot of " + address);
        SnapshotOutcome outcome;
        try (MemberClient client = Wiring.member(address, timeout)) {
            requireName(client, left(beganNs));
            outcome = awaited(client, address, beganNs, waiting);
        } finally {
            waiting.end();
        }
        return show(address, outcome);
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

    /** If it does not come, what the node says of that is told. */
    private SnapshotOutcome awaited(MemberClient client, String address, long beganNs, Waiting waiting)
            throws IOException {
        try {
            return client.takeSnapshot(left(beganNs));
        } catch (IOException noAnswer) {
            waiting.end();
            if (!(noAnswer.getCause() instanceof TimeoutException)) {
                throw noAnswer;
            }
            throw CommandFailedException.failed(address + ": no answer within " + timeout.toMillis()
                    + " ms; the snapshot may still come, 'driftless status' shows the newest" + problem(client));
        }
    }

    /** What keeps the node from a snapshot, if it says so in a moment. */
    private static String problem(MemberClient client) {
        try {
            Optional<ObjectNode> status = Json.parseObject(client.statusJson(A_MOMENT));
            return status.stream().flatMap(all -> Stream.of(all.path("snapshot").path("problem"), all.path("blocked")))
                    .filter(why -> why.isTextual() && !why.textValue().isEmpty()).findFirst()
                    .map(why -> " (it says: " + why.textValue() + ")").orElse("");
        } catch (IOException silent) {
            return "";
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
