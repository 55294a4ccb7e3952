package io.driftless.bench.idle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench idle} measured and whether it is good enough. Immutable.
 *
 * @param seconds    how long was measured; more than 0
 * @param cpuSeconds processor time that each node used meanwhile
 */
record IdleReport(double seconds, List<Double> cpuSeconds) {

    /** All nodes together must stay under this share of one core, in percent. */
    static final double PERCENT_BAR = 2;

    IdleReport {
        cpuSeconds = List.copyOf(cpuSeconds);
        if (seconds <= 0) {
            throw new IllegalArgumentException("seconds " + seconds);
        }
    }

    /** Share of one core that all nodes used together, in percent. */
    double cpuPercent() {
        return 100 * cpuSeconds.stream().mapToDouble(Double::doubleValue).sum() / seconds;
    }

    /** Whether the bar is met. */
    boolean passed() {
        return cpuPercent() < PERCENT_BAR;
    }

    /** One JSON object on one line, with stable field names. */
    String json() {
        ObjectNode json = Json.object();
        json.put("benchmark", "idle");
        json.put("nodes", cpuSeconds.size());
        json.put("seconds", Math.round(seconds * 10) / 10.0);
        json.put("cpu_percent", Math.round(cpuPercent() * 1000) / 1000.0);
        json.put("cpu_percent_bar", PERCENT_BAR);
        json.put("passed", passed());
        return Json.line(json);
    }

    /** A Markdown table that reads well on a terminal too, and the verdict below. */
    String table() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "| node | cpu ms in %.1f s | %% of a core |%n| ---: | ---: | ---: |%n", seconds));
        for (int i = 0; i < cpuSeconds.size(); i++) {
            text.append(row("n" + (i + 1), cpuSeconds.get(i)));
        }
        text.append(row("sum", cpuPercent() * seconds / 100));
        text.append(String.format(Locale.ROOT, "%nbar: under %.1f %% of a core, %s", PERCENT_BAR, passed() ? "met"
                : "MISSED"));
        return text.toString();
    }

    private String row(String name, double cpu) {
        return String.format(Locale.ROOT, "| %s | %.0f | %.2f |%n", name, 1000 * cpu, 100 * cpu / seconds);
    }
}
