package io.driftless.ops.command;

import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.logdump.EntryText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code driftless log dump}: every record of a log, in the order of writing. */
@Command(name = "dump", sortOptions = false,
        description = {"Prints every record of a log in the order of writing.",
            "At the end comes what is known of the whole.",
            "A record whose index is not above that of the record before it supersedes everything from that index on."},
        footer = {"", "Ends with 1 if there is damage.", "", "Example:",
        "  driftless log dump /var/lib/driftless/n1 --json"})
final class LogDumpCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(index = "0", paramLabel = "DIR", description = "A node's data directory, or the log folder in it.")
    private Path directory = Path.of("");

    @Option(names = "--json", description = "One JSON object per line on standard output.")
    private boolean json;

    private final Console console;

    LogDumpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw CommandFailedException.failed(directory + (Files.exists(directory) ? " is not a directory"
                    : ": no such directory"));
        }
        LogDump.Summary summary;
        try {
            summary = LogDump.read(directory, this::show);
        } catch (UncheckedIOException unreadable) {
            throw CommandFailedException.failed(String.valueOf(unreadable.getMessage()));
        }
        if (json) {
            console.line(Json.line(EntryText.json(summary)));
        } else {
            EntryText.lines(summary).forEach(console::note);
        }
        return summary.damage().isEmpty() ? 0 : 1;
    }

    private void show(DumpedRecord dumped) {
        console.line(json ? Json.line(EntryText.json(dumped)) : EntryText.line(dumped));
    }
}
