package io.driftless.bench.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Judged;
import io.driftless.bench.log.LogFigure.Taken;
import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench log} measured and whether it is good enough. Immutable.
 *
 * @param figures in the order of printing
 * @param rounds  over how many the medians were taken
 */
record LogReport(List<LogFigure> figures, int rounds) {

    private static final String ROW = "| %-34s | %10s | %10s | %10s | %10s | %8s | %10s | %-13s | %-6s |%n";
    private static final double THOUSAND = 1000;
    private static final double TEN = 10;

    LogReport {
        figures = List.copyOf(figures);
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("no figures");
        }
    }

    /** Whether every bar is met. */
    boolean passed() {
        return missed().isEmpty();
    }

    /** The names of the figures whose bar is missed. */
    List<String> missed() {
        return figures.stream().filter(figure -> !figure.met()).map(LogFigure::name).toList();
    }

    /** One JSON object on one line, with stable field names. */
    String json() {
        ObjectNode json = Json.object();
        json.put("benchmark", "log");
        json.put("rounds", rounds);
        for (LogFigure figure : figures) {
            Taken median = figure.median();
            ObjectNode each = json.withArray("figures").addObject();
            each.put("name", figure.name());
            put(each, "log", median.log());
            put(each, "w", median.w());
            put(each, "m", median.m());
            put(each, "plain", median.plain());
            put(each, "log_over_plain", figure.overPlain());
            each.put("judged", figure.bar().judged().name().toLowerCase(Locale.ROOT));
            put(each, "value", figure.judged());
            put(each, "least", figure.bar().least());
            put(each, "most", figure.bar().most());
            each.put("met", figure.met());
        }
        json.put("passed", passed());
        return Json.line(json);
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, Math.round(value * THOUSAND) / THOUSAND);
        } else {
            json.putNull(name);
        }
    }

    /** A Markdown table that reads well on a terminal too, a row for each figure, and the verdict below. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, ROW, "figure", "log", "W", "M", "plain", "÷ plain", "judged", "bar",
                "is"));
        text.append(String.format(Locale.ROOT, ROW, "---", "---:", "---:", "---:", "---:", "---:", "---:", "---",
                "---"));
        for (LogFigure figure : figures) {
            Taken median = figure.median();
            boolean judged = !figure.bar().equals(Bar.NONE);
            text.append(String.format(Locale.ROOT, ROW, figure.name(), number(median.log()), number(median.w()),
                    number(median.m()), number(median.plain()), number(figure.overPlain()),
                    judged ? number(figure.judged()) : "", judged ? bar(figure.bar()) : "",
                    judged ? figure.met() ? "met" : "MISSED" : ""));
        }
        text.append(String.format(Locale.ROOT, "%nmedians of %d rounds; %s", rounds,
                passed() ? "every bar is met" : "MISSED: " + String.join(", ", missed())));
        return text.toString();
    }

    private static String bar(Bar bar) {
        String unit = bar.judged() == Judged.OVER_W ? " W" : bar.judged() == Judged.OVER_M ? " M" : "";
        return (Double.isFinite(bar.most()) ? "<= " + number(bar.most()) : ">= " + number(bar.least())) + unit;
    }

    /** For a person: four digits or so; nothing for what was not measured. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        String format = value >= THOUSAND ? "%,.0f" : value >= TEN ? "%.1f" : value == Math.rint(value) ? "%.0f"
                : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
