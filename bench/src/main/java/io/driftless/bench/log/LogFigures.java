package io.driftless.bench.log;

import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import io.driftless.ops.console.Console;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers the figures as they are taken, and tells of each on standard error. Confined to one thread. */
final class LogFigures {

    private final Console console;
    private final Map<String, LogFigure> figures = new LinkedHashMap<>();

    LogFigures(Console console) {
        this.console = console;
    }

    /** Takes note of what a round measured. */
    void add(String name, Bar bar, Taken taken) {
        LogFigure before = figures.get(name);
        figures.put(name, before == null ? new LogFigure(name, bar, List.of(taken)) : before.and(taken));
        StringBuilder line = new StringBuilder("bench:   ").append(name).append(' ')
                .append(LogReport.number(taken.log()));
        floor(line, "W", taken.w());
        floor(line, "M", taken.m());
        floor(line, "plain", taken.plain());
        console.note(line.toString());
    }

    private static void floor(StringBuilder line, String name, double value) {
        if (!Double.isNaN(value)) {
            line.append(", ").append(name).append(' ').append(LogReport.number(value));
        }
    }

    /** The median of the log's part of a figure that was taken. */
    double median(String name) {
        return figures.get(name).median().log();
    }

    /** Everything, in the order of the first round. */
    List<LogFigure> all() {
        return List.copyOf(figures.values());
    }
}
