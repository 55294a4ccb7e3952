package io.driftless.ops.command;

import io.driftless.log.mmap.DumpedRecord;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.logdump.EntryText;
import io.driftless.ops.logdump.LogReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless log dump}: every record of a log, in the order of writing. */
@Command(name = "dump", sortOptions = false,
        description = {"Prints every record of a log in the order of writing, also those behind damage.",
            "At the end comes what is known of the whole.",
            "A record whose index is not above that of the record before it supersedes everything from that index on."},
        footer = {"", "Ends with 1 if there is damage.", "", "Example:",
        "  driftless log dump /var/lib/driftless/n1 --json"})
final class LogDumpCommand implements Callable<Integer> {

    @Mixin
    private LogDirectory directory = new LogDirectory();

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
        console.line(directory.json() ? Json.line(EntryText.json(dumped)) : EntryText.line(dumped));
    }
}
