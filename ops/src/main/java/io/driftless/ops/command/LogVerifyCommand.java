package io.driftless.ops.command;

import io.driftless.log.mmap.LogDump;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.logdump.EntryText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless log verify}: reads and checks every record. */
@Command(name = "verify", sortOptions = false,
        description = {"Reads every record of a log and checks it, without changing anything.",
            "Each stretch of damage is named by file, offset, the first index and the records that are lost.",
            "A torn tail, which the next opening cuts, is no damage, and noted. The log alone is looked at:",
            "identity, hard state and configuration are checked when the node starts."},
        footer = {"", "Ends with 1 if there is damage.", "", "Example:",
            "  driftless log verify /var/lib/driftless/n1"})
final class LogVerifyCommand implements Callable<Integer> {

    @Mixin
    private LogDirectory directory = new LogDirectory();

    private final Console console;

    LogVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LogDump.Summary summary = directory.read(record -> { });
        if (directory.json()) {
            console.line(Json.line(EntryText.json(summary)));
        } else {
            EntryText.lines(summary).forEach(console::line);
            console.line(summary.damage().isEmpty() ? "no damage" : "damaged in " + summary.damage().size()
                    + (summary.damage().size() == 1 ? " place" : " places"));
        }
        return summary.damage().isEmpty() ? 0 : 1;
    }
}
