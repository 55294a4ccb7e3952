package io.driftless.ops.torture;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.kv.KvCommand;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Clients at work on a cluster whose state has a size, and which takes a snapshot every second or so and shortens its
 * log at once; and what is judged in the end. Confined to one thread.
 */
final class SnapshotLoad implements AutoCloseable {

    private static final Duration COMMIT_WITHIN = Duration.ofSeconds(30);
    private static final Duration FORMED_WITHIN = Duration.ofSeconds(60);
    private static final int LARGE_VALUES = 300;
    private static final int LARGE_BYTES = 8_000;
    private static final int NOBODY = -1;
    /** A snapshot is more than the 2 MiB of the large values. */
    private static final Map<String, String> SETTINGS = Map.of("log.segment.bytes", "256KiB", "log.max.entry.bytes",
            "16KiB", "log.retain.bytes", "0", "log.retain.bytes.max", "8MiB", "snapshot.every.entries", "200",
            "snapshot.rate.max", "1536KiB");

    private final Trio trio;
    private final List<Recorded> history = new ArrayList<>();
    private final Clients clients;
    private boolean ended;

    private SnapshotLoad(Trio trio, Random random) {
        this.trio = trio;
        fill();
        clients = new Clients(trio.addresses(), random);
    }

    /** Starts the cluster, gives it a state, and has clients work on it. */
    static SnapshotLoad start(Trio trio, Random random) throws IOException {
        trio.start(SETTINGS);
        if (Clients.awaitCommit(trio.addresses(), FORMED_WITHIN).isEmpty()) {
            throw new IllegalStateException("no commit within " + FORMED_WITHIN.toSeconds() + " s of the start");
        }
        return new SnapshotLoad(trio, random);
    }

    private void fill() {
        try (KvClient client = KvClient.connect(trio.addresses(), 4)) {
            for (int i = 0; i < LARGE_VALUES; i++) {
                long begunNs = System.nanoTime();
                KvExchange exchange = client.execute(new KvCommand.Put(Bytes.utf8("large" + i),
                        Bytes.utf8("large-" + i + "-" + "x".repeat(LARGE_BYTES))), COMMIT_WITHIN);
                history.add(new Recorded(NOBODY, begunNs, System.nanoTime(), exchange));
            }
        }
    }

    /** All nodes run: ends the load, has the nodes agree, and judges; what is wrong. */
    List<String> end() throws IOException, InterruptedException {
        Optional<Duration> commit = Clients.awaitCommit(trio.addresses(), COMMIT_WITHIN);
        stop();
        Files.write(trio.folder().resolve("history.txt"), (Iterable<String>) history.stream().map(Recorded::toString)
                ::iterator);
        List<String> violations = new ArrayList<>();
        if (commit.isEmpty()) {
            violations.add("no commit within " + COMMIT_WITHIN.toSeconds() + " s after the faults");
        }
        for (Server server : trio.servers()) {
            server.exitCode(Duration.ZERO).ifPresent(code -> violations.add(server.name()
                    + " ended by itself, exit code " + code + ": " + server.said()));
        }
        violations.addAll(filesFoundBad());
        return violations.isEmpty() ? judged() : violations;
    }

    /** Nothing damages a file here: whoever finds one bad, or none where one must be, has written them wrongly. */
    private List<String> filesFoundBad() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(trio.folder(), "*.log")) {
            for (Path log : logs) {
                try (Stream<String> lines = Files.lines(log)) {
                    lines.filter(line -> line.contains("set aside") || line.contains("no good snapshot"))
                            .map(line -> log.getFileName() + ": " + line).forEach(found::add);
                }
            }
        }
        return found;
    }

    /** Where nodes differ, each is judged for itself: what one of them lacks may be there on the others. */
    private List<String> judged() throws IOException {
        List<String> violations = new ArrayList<>();
        try {
            trio.awaitAgreement();
        } catch (IllegalStateException disagree) {
            violations.add(String.valueOf(disagree.getMessage()));
        }
        for (Server server : trio.servers()) {
            HistoryCheck.violations(history, trio.rows(server)).forEach(violation ->
                    violations.add(server.name() + ": " + violation));
        }
        return violations;
    }

    private void stop() throws InterruptedException {
        if (!ended) {
            ended = true;
            history.addAll(clients.end());
        }
    }

    /** Ends the clients. Idempotent. */
    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** For the ledger, after the end. */
    String counts() {
        return "commands=" + history.size() + " committed=" + count("committed") + " unknown=" + count("unknown");
    }

    private long count(String word) {
        return history.stream().filter(each -> each.exchange().word().equals(word)).count();
    }
}
