package io.driftless.ops.command;

import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import io.driftless.ops.console.CommandFailedException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
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

    /** Reads the log; one line for what stands in the way. */
    LogDump.Summary read(Consumer<? super DumpedRecord> records) {
        if (!Files.isDirectory(directory)) {
            throw CommandFailedException.failed(directory + (Files.exists(directory) ? " is not a directory"
                    : ": no such directory"));
        }
        try {
            return LogDump.read(directory, records);
        } catch (UncheckedIOException unreadable) {
            throw CommandFailedException.failed(String.valueOf(unreadable.getMessage()));
        }
    }
}
