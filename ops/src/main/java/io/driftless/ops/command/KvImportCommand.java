package io.driftless.ops.command;

import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Progress;
import io.driftless.ops.shell.LineImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code driftless kv import}: the commands of a file, several under way at a time. */
@Command(name = "import", sortOptions = false,
        description = {"Executes the commands of a file, one a line, in their order, several under way at a time.",
            "  put KEY VALUE   cas KEY OLD NEW   cas KEY null NEW   delete KEY   quota SIZE",
            "The lines are those of 'driftless kv shell', which tells more of each command. Blank lines are skipped.",
            "A line that is no such command, is too large, or is refused by the store (its quota is used up), is told",
            "with its number (five lines of each kind), and the import goes on. A line that was rejected otherwise, or",
            "whose outcome is unknown, ends it: what is under way is waited for, and the number of that line is told.",
            "Later lines may be done by then. Lines of put and delete may be imported again from there; for cas, use",
            "--outstanding 1."},
        footer = {"", "Ends with 0 if every line was committed and not refused, 1 if not, 2 if FILE cannot be read.",
            "", "Examples:", "  driftless kv import backup.txt --cluster 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003",
            "  seq 1000000 | sed 's/.*/put key-& value-&/' | driftless kv import - --cluster 127.0.0.1:7001"})
final class KvImportCommand implements Callable<Integer> {

    private static final int OUTSTANDING_MAX = 4096;
    /** So many lines that failed for the same reason are told. */
    private static final int TOLD_MAX = 5;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file; - is standard input.")
    private String file = "";

    @Option(names = "--outstanding", paramLabel = "N", defaultValue = "64", description =
            "How many commands are under way at a time, 1 to " + OUTSTANDING_MAX + ". Default: ${DEFAULT-VALUE}.")
    private int outstanding;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;

    KvImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (outstanding < 1 || outstanding > OUTSTANDING_MAX) {
            throw CommandFailedException.usage("--outstanding: " + outstanding + " is not between 1 and "
                    + OUTSTANDING_MAX);
        }
        String addresses = cluster.joined();
        if (file.equals("-")) {
            return run(addresses, console.in(), Progress.ofUnknownTotal(console, "bytes"));
        }
        Path path = Path.of(file);
        try (InputStream in = open(path)) {
            return run(addresses, in, Files.isRegularFile(path) ? new Progress(console, "bytes", Files.size(path))
                    : Progress.ofUnknownTotal(console, "bytes"));
        }
    }

    private static InputStream open(Path path) {
        if (Files.isDirectory(path)) {
            throw CommandFailedException.usage(path + " is a directory");
        }
        try {
            return Files.newInputStream(path);
        } catch (IOException unreadable) {
            throw CommandFailedException.usage(IoProblem.words(unreadable));
        }
    }

    private int run(String addresses, InputStream in, Progress progress) throws IOException, InterruptedException {
        LineImport.Tally tally;
        try (KvClient client = KvClient.connect(addresses, outstanding + 1)) {
            tally = new LineImport(client, outstanding, cluster.timeout(), new Told(progress, addresses)).run(in);
        } finally {
            progress.end();
        }
        if (tally.stoppedAt() > 0) {
            console.note("stopped at line " + tally.stoppedAt() + ": to go on, import from that line again (tail -n +"
                    + tally.stoppedAt() + ")" + (tally.unknown() == 0 ? "" : ", once what is unknown is settled"));
        }
        if (cluster.isJson()) {
            console.line(Json.line(Json.object().put("committed", tally.committed()).put("rejected", tally.rejected())
                    .put("unknown", tally.unknown()).put("lines", tally.lines()).put("bytes", tally.bytes())
                    .put("seconds", Math.round(tally.elapsedNs() / 1e6) / 1e3).put("ops_per_s", tally.opsPerSecond())
                    .put("refused", tally.refused()).put("bad", tally.bad()).put("blank", tally.blank())
                    .put("stopped_at", tally.stoppedAt() == 0 ? null : Long.valueOf(tally.stoppedAt()))));
        } else {
            console.line(String.format(Locale.ROOT, "%s, %s in %.1f s, %,d lines/s; %,d committed, "
                    + "%,d rejected, %,d unknown%s%s%s", Count.of(tally.lines(), "line"),
                    Count.of(tally.bytes(), "byte"), tally.elapsedNs() / 1e9,
                    tally.opsPerSecond(), tally.committed(), tally.rejected(), tally.unknown(),
                    some(tally.refused(), "refused"), some(tally.bad(), "bad"), some(tally.blank(), "blank")));
        }
        return tally.isAllCommitted() ? 0 : 1;
    }

    private static String some(long count, String what) {
        return count == 0 ? "" : String.format(Locale.ROOT, ", %,d %s", count, what);
    }

    /** Puts on standard error what the import tells. Thread safe. */
    private static final class Told implements LineImport.Watcher {

        private final Progress progress;
        private final long startNs = System.nanoTime();
        private final Map<String, Integer> toldOf = new ConcurrentHashMap<>();
        private final String addresses;
        private final AtomicLong lastBytes = new AtomicLong();
        /** How often, once a second, it was told since then that nothing more is done. */
        private final AtomicLong silent = new AtomicLong();

        Told(Progress progress, String addresses) {
            this.progress = progress;
            this.addresses = addresses;
        }

        @Override
        public void at(long bytes, long lines) {
            if (lastBytes.getAndAccumulate(bytes, Math::max) < bytes) {
                silent.set(0);
            } else {
                // After 2, 4, 8 seconds, as Waiting does; but an input that stands still is not waited for here.
                long seconds = silent.incrementAndGet();
                if (seconds > 1 && Long.bitCount(seconds) == 1) {
                    progress.note("waiting for " + addresses + ", " + seconds + " s");
                }
            }
            long perSecond = Math.round(lines * 1e9 / Math.max(1, System.nanoTime() - startNs));
            progress.at(bytes, String.format(Locale.ROOT, "%,d lines/s", perSecond));
        }

        @Override
        public void failed(long number, String why) {
            String kind = kind(why);
            int told = toldOf.merge(kind, 1, Integer::sum);
            if (told <= TOLD_MAX) {
                progress.note("line " + number + ": " + why);
            } else if (told == TOLD_MAX + 1) {
                progress.note("further lines of this kind are only counted: " + kind);
            }
        }

        /** Without the details: {@code bad}, {@code rejected: too_large}. */
        private static String kind(String why) {
            String[] parts = why.split(": ", 3);
            return parts[0].equals("bad") || parts.length == 1 ? parts[0] : parts[0] + ": " + parts[1];
        }
    }
}
