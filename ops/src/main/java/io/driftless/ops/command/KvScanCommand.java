package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.Bytes;
import io.driftless.ops.cluster.NodeProbe;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless kv scan}: the rows that one node holds. */
@Command(name = "scan", sortOptions = false,
        description = {"Lists keys and values in the order of the keys.",
            "In this version it reads the copy of one node, the first of --cluster that answers: local, possibly",
            "behind the others. Which node that was, and up to which index it had applied, is said at the end."},
        footer = {"", "Example:", "  driftless kv scan --prefix user/ --limit 20 --cluster 127.0.0.1:7001"})
final class KvScanCommand implements Callable<Integer> {

    private static final int PAGE_ROWS = 1000;

    @Option(names = "--prefix", paramLabel = "TEXT", defaultValue = "", description = "Only keys that begin with it.")
    private String prefix = "";

    @Option(names = "--from", paramLabel = "KEY", defaultValue = "", description = "Only keys at or behind it.")
    private String from = "";

    @Option(names = "--limit", paramLabel = "N", description = "At most so many rows. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;

    KvScanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw CommandFailedException.usage("--limit: " + limit + " is not above zero");
        }
        StringBuilder problems = new StringBuilder();
        for (String address : cluster.addresses()) {
            NodeProbe probe;
            try {
                probe = NodeProbe.connect(address, cluster.timeout());
            } catch (IOException unreachable) {
                problems.append("; ").append(unreachable.getMessage());
                continue;
            }
            try (probe) {
                scan(address, probe);
                return 0;
            }
        }
        throw CommandFailedException.failed("no member answers" + problems);
    }

    private void scan(String address, NodeProbe probe) throws IOException {
        Bytes start = Bytes.utf8(from);
        long rows = 0;
        long firstApplied = -1;
        while (true) {
            int pageLimit = (int) Math.min(PAGE_ROWS, limit - rows);
            NodeProbe.Rows answer = probe.rows(new KvQuery.Scan(Bytes.utf8(prefix), start, pageLimit),
                    cluster.timeout());
            firstApplied = firstApplied < 0 ? answer.applied() : firstApplied;
            answer.page().rows().forEach(this::show);
            rows += answer.page().rows().size();
            boolean more = answer.page().more();
            if (!more || rows >= limit) {
                showEnd(address, rows, more, firstApplied, answer.applied());
                return;
            }
            start = answer.page().next();
        }
    }

    private void show(KvAnswer.Row row) {
        if (cluster.isJson()) {
            ObjectNode line = Json.object();
            Json.putBytes(line, "key", row.key());
            Json.putBytes(line, "value", row.value());
            console.line(Json.line(line.put("version", row.version())));
        } else {
            byte[] key = row.key().toByteArray();
            console.write(key);
            console.write(new byte[] {'\t'});
            console.value(row.value());
        }
    }

    private void showEnd(String address, long rows, boolean more, long firstApplied, long applied) {
        if (cluster.isJson()) {
            console.line(Json.line(Json.object().put("op", "scan").put("local", true).put("address", address)
                    .put("applied", applied)
                    .put("rows", rows).put("more", more)));
        } else {
            console.note("local, applied=" + applied + (firstApplied == applied ? "" : " (" + firstApplied
                    + " at the beginning)") + ", " + address
                    + ", " + rows + " rows" + (more ? ", more follow" : ""));
        }
    }
}
