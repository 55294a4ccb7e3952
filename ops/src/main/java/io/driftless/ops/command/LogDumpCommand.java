package io.driftless.ops.command;

import io.driftless.log.mmap.DumpedRecord;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.logdump.EntryText;
import io.driftless.ops.logdump.LogReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless log dump}: every record of a log, in the order of writing. */
@Command(name = "dump", sortOptions = false,
        description = {"Prints every record of a log in the order of writing, also those behind damage.",
            "At the end comes what is known of the whole.",
            "A record whose index is not above that of the record before it supersedes everything from that index on.",
            "A log does not say which state machine its commands are for. Those that read as commands of the key-value",
            "store are shown as such, also where another one runs: use --bytes there."},
        footer = {"", "Ends with 1 if there is damage.", "", "Example:",
        "  driftless log dump /var/lib/driftless/n1 --json"})
final class LogDumpCommand implements Callable<Integer> {

    @Mixin
    private LogDirectory directory = new LogDirectory();

    @Option(names = "--bytes", description = "Show all bytes of each command, in hexadecimal digits.")
    private boolean bytes;

    private final Console console;

    LogDumpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LogReport report = directory.read(this::show);
        if (directory.json()) {
            console.line(Json.line(report.json()));
        } else {
            report.lines().forEach(console::note);
        }
        return report.damages() == 0 ? 0 : 1;
    }

    private void show(DumpedRecord dumped) {
        EntryText.Commands commands = bytes ? EntryText.Commands.AS_BYTES : EntryText.Commands.AS_KEY_VALUE;
        console.line(directory.json() ? Json.line(EntryText.json(dumped, commands))
                : EntryText.line(dumped, commands));
    }
}
