package io.driftless.ops.command;

import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.logdump.LogReport;
import io.driftless.ops.logdump.LogStatistics;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless log stat}: how a log fills its files. */
@Command(name = "stat", sortOptions = false,
        description = {"Prints what each segment of a log holds, and the whole, without changing anything.",
            "Superseded records lie about until their segment is compacted away; so do compacted ones."},
        footer = {"", "Ends with 1 if there is damage.", "", "Example:", "  driftless log stat /var/lib/driftless/n1"})
final class LogStatCommand implements Callable<Integer> {

    @Mixin
    private LogDirectory directory = new LogDirectory();

    private final Console console;

    LogStatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        LogStatistics statistics = new LogStatistics();
        LogReport report = directory.read(statistics::count);
        if (directory.json()) {
            statistics.json().forEach(segment -> console.line(Json.line(segment)));
            console.line(Json.line(report.json()));
        } else {
            statistics.lines().forEach(console::line);
            report.lines().forEach(console::line);
        }
        return report.damages() == 0 ? 0 : 1;
    }
}
