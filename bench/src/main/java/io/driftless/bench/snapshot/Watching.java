package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import io.driftless.client.MemberClient;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.cluster.Wiring;
import io.driftless.ops.console.CommandFailedException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;

/** What the parts ask of nodes and folders from outside, as an operator would. Pure but for that. */
final class Watching {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int LINES = 40;

    private Watching() { }

    /**
     * Waits until one of the last lines of a node's log says so.
     *
     * @return when it was said, as that line has it
     * @throws CommandFailedException if none does within ten minutes, or the node's process has ended
     */
    static Instant awaitLine(BenchCluster cluster, String node, String words) throws InterruptedException {
        return cluster.awaitSight(node, words, () -> cluster.lastLines(node, LINES).reversed().stream()
                .filter(line -> line.contains(words)).findFirst()
                .map(line -> Instant.parse(line.substring(0, line.indexOf(' ')))));
    }

    /** Waits until no node takes a snapshot. */
    static void awaitNoSnapshot(BenchCluster cluster) throws InterruptedException {
        for (String node : cluster.names()) {
            awaitNoSnapshot(cluster, node);
        }
    }

    /** Waits until that node takes none. */
    static void awaitNoSnapshot(BenchCluster cluster, String node) throws InterruptedException {
        cluster.await(node, "no snapshot is taken", status -> status.json()
                .map(json -> json.path("snapshot").path("state").asText().equals("idle")).orElse(false));
    }

    /** Whether a snapshot comes in. */
    static boolean receives(MemberStatus status) {
        return status.json().map(json -> json.path("incoming").isObject()).orElse(false);
    }

    /** Has a node take a snapshot, and waits for it. */
    static SnapshotOutcome.Taken take(BenchCluster cluster, String node) throws IOException {
        try (MemberClient client = Wiring.member(cluster.address(node), PATIENCE)) {
            if (client.takeSnapshot(PATIENCE) instanceof SnapshotOutcome.Taken taken) {
                return taken;
            }
            throw CommandFailedException.failed(node + " took no snapshot");
        }
    }

    /** The highest term that a node tells. */
    static long term(BenchCluster cluster) throws InterruptedException {
        long term = 0;
        for (String node : cluster.names()) {
            term = Math.max(term, cluster.status(node).number("term"));
        }
        return term;
    }

    /** The lengths of all files in a folder, in bytes; of those that go meanwhile nothing. */
    static long bytes(Path folder) throws IOException {
        long[] sum = new long[1];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }
}
