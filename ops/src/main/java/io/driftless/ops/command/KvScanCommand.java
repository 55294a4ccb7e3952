package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.LocalScan;
import io.driftless.ops.cluster.ReadFailedException;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Waiting;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.shell.OutcomeLine;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless kv scan}: the rows that one node holds. */
@Command(name = "scan", sortOptions = false,
        description = {"Lists keys and values in the order of the keys.",
            "It reads the copy of one node, the first of --cluster that answers: local, possibly behind the others.",
            "Which node that was, and up to which index it had applied, is said at the end.",
            "The rows come in pages, and each page is read at an index of its own: what is written meanwhile may show",
            "in later pages, and not in those before it."},
        footer = {"", "Examples:", "  driftless kv scan --prefix user/ --limit 20 --cluster 127.0.0.1:7001",
            "  driftless kv scan --linearizable --cluster 127.0.0.1:7001"})
final class KvScanCommand implements Callable<Integer> {

    @Option(names = "--prefix", paramLabel = "TEXT", defaultValue = "", description = "Only keys that begin with it.")
    private String prefix = "";

    @Option(names = "--from", paramLabel = "KEY", defaultValue = "", description = "Only keys at or behind it.")
    private String from = "";

    @Option(names = "--limit", paramLabel = "N", description = "At most so many rows. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--linearizable", description = "The first page shows all that was committed before this command"
            + " was given, and each later page at least what the one before it showed.")
    private boolean linearizable;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;
    private long shown;

    KvScanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw CommandFailedException.usage("--limit: " + limit + " is not above zero");
        }
        Waiting waiting = Waiting.on(console, cluster.joined());
        try {
            showEnd(scan(row -> {
                waiting.end();
                show(row);
            }));
            return 0;
        } catch (ReadFailedException failed) {
            waiting.end();
            showFailure(failed);
            return CommandFailedException.FAILED;
        } finally {
            waiting.end();
        }
    }

    private LocalScan.End scan(Consumer<KvAnswer.Row> each) throws IOException {
        if (!linearizable) {
            return new LocalScan(cluster.addresses(), cluster.timeout()).run(Bytes.utf8(prefix), Bytes.utf8(from),
                    limit, each);
        }
        try (KvClient client = KvClient.connect(cluster.joined(), 1)) {
            return client.scan(Bytes.utf8(prefix), Bytes.utf8(from), limit, each, cluster.timeout());
        }
    }

    private void show(KvAnswer.Row row) {
        shown++;
        if (cluster.isJson()) {
            ObjectNode line = Json.object();
            Json.putBytes(line, "key", row.key());
            Json.putBytes(line, "value", row.value());
            console.line(Json.line(line.put("version", row.version())));
        } else {
            OutcomeLine.show(console, row);
        }
    }

    private void showEnd(LocalScan.End end) {
        if (cluster.isJson()) {
            console.line(Json.line(Json.object().put("op", "scan").put("outcome", "answered")
                    .put("local", end.isLocal()).put("address", end.isLocal() ? end.address() : null)
                    .put("first_applied", end.firstApplied()).put("applied", end.applied())
                    .put("rows", end.rows()).put("more", end.more()).putNull("reason")));
        } else {
            console.note(end.words());
        }
    }

    private void showFailure(ReadFailedException failed) {
        if (cluster.isJson()) {
            console.line(Json.line(Json.object().put("op", "scan").put("outcome", "failed")
                    .put("local", !linearizable).putNull("address").putNull("first_applied").putNull("applied")
                    .put("rows", shown).putNull("more").put("reason", failed.reason())));
        } else {
            console.note("failed: " + failed.reason());
        }
    }
}
