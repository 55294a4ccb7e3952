package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whether the log keeps within 64 MiB under ten minutes of load, with settings that say so and segments of 4 MiB.
 * Confined to one thread.
 */
final class LimitPart implements SnapshotPart {

    /** 1.25 times the first, the second, and three of the third are 60 MiB. */
    private static final Map<String, String> SETTINGS = Map.of("snapshot.every.bytes", "32MiB", "log.retain.bytes",
            "8MiB", "log.segment.bytes", "4MiB", "log.max.entry.bytes", "512KiB");
    private static final double LIMIT_MIB = 64;
    private static final double CHANGES = 20;
    private static final Duration LOAD = Duration.ofMinutes(10);
    private static final int KEYS = 1_024;
    private static final int VALUE = 256;
    private static final int AT_ONCE = 1 << 15;
    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return "limit";
    }

    @Override
    public List<SnapshotFigure> measure(Bench bench) throws Exception {
        BenchCluster cluster = BenchCluster.start(bench.scratch(), bench.cleanup(), SETTINGS,
                BenchCluster.HEAP_MIB);
        List<Path> logs = cluster.names().stream().map(name -> cluster.dataFolder(name).resolve("log")).toList();
        DiskUse use = DiskUse.watch(logs, bench.cleanup());
        long beganNs = System.nanoTime();
        try (Puts puts = new Puts(cluster.members(), KEYS, VALUE)) {
            while (System.nanoTime() - beganNs < bench.of(LOAD.toNanos())) {
                puts.run(AT_ONCE, bench);
            }
            bench.note(String.format(Locale.ROOT, "%,d puts", puts.committed()));
        }
        cluster.requireAlive();
        long most = use.end();
        return List.of(SnapshotFigure.atMost("limit-most", "MiB", most / MIB, LIMIT_MIB),
                SnapshotFigure.atLeast("limit-segment-changes", "", changes(logs.getFirst()), CHANGES));
    }

    /** How many segments the log has had: the highest number in the names of its files. */
    private static long changes(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.map(file -> file.getFileName().toString().replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty()).mapToLong(Long::parseLong).max().orElse(0);
        }
    }
}
