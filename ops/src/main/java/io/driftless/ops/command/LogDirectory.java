package io.driftless.ops.command;

import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import io.driftless.log.mmap.SnapshotsFound;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.logdump.LogReport;
import io.driftless.ops.logdump.OwnSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that read a log offline have in common. */
final class LogDirectory {

    @Parameters(index = "0", paramLabel = "DIR", description = "A node's data directory, or the log folder in it.")
    private Path directory = Path.of("");

    @Option(names = "--json", description = "One JSON object per line on standard output.")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    /** Whether JSON is asked for. */
    boolean json() {
        return json;
    }

    /** Reads the log, and what the snapshot says of itself; one line for what stands in the way. */
    LogReport read(Consumer<? super DumpedRecord> records) {
        return read(records, SnapshotsFound::in);
    }

    /** Reads the log, and all of the snapshot. */
    LogReport readAll() {
        return read(record -> { }, SnapshotsFound::verify);
    }

    private LogReport read(Consumer<? super DumpedRecord> records, Function<Path, Optional<SnapshotsFound>> look) {
        try {
            if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
                throw CommandFailedException.failed(directory + " is not a directory");
            }
            // A node that runs has in its log what it takes a snapshot of.
            OwnSnapshot own = new OwnSnapshot(SnapshotsFound.own(directory));
            LogDump.Summary log = LogDump.read(directory, record -> {
                own.see(record);
                records.accept(record);
            });
            // A node that runs writes the snapshot first, and shortens the log then.
            return new LogReport(log, look.apply(directory), own.missing(log));
        } catch (NoSuchFileException absent) {
            throw CommandFailedException.failed(directory + ": no such directory");
        } catch (IOException unreadable) {
            throw CommandFailedException.failed(IoProblem.words(unreadable));
        } catch (UncheckedIOException unreadable) {
            throw CommandFailedException.failed(String.valueOf(unreadable.getMessage()));
        }
    }
}
