package io.driftless.ops.command;

import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.logdump.LogReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless log verify}: reads and checks every record. */
@Command(name = "verify", sortOptions = false,
        description = {"Reads every record of a log and checks it, without changing anything.",
            "Each stretch of damage is named by file, offset, the first index and the records that are lost.",
            "A torn tail, which the next opening cuts, is no damage, and noted.",
            "In a data directory, all of the newest snapshot is read too. A log that begins behind index 1",
            "without a snapshot up to there is damage, and so is one that lacks the entry up to which its server",
            "has taken that snapshot itself. The rest is checked when the node starts: identity, hard state and",
            "configuration."},
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
        LogReport report = directory.readAll();
        if (directory.json()) {
            console.line(Json.line(report.json()));
        } else {
            report.lines().forEach(console::line);
            console.line(report.damages() == 0 ? "no damage" : "damaged in " + report.damages()
                    + (report.damages() == 1 ? " place" : " places"));
        }
        return report.damages() == 0 ? 0 : 1;
    }
}
