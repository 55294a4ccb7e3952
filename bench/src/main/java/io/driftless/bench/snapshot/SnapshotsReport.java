package io.driftless.bench.snapshot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench snapshots} measured and whether it is good enough. Immutable.
 *
 * @param figures in the order in which they were taken
 * @param share   by what the amounts were divided
 */
record SnapshotsReport(List<SnapshotFigure> figures, int share) {

    SnapshotsReport {
        figures = List.copyOf(figures);
    }

    /** Whether every bar is met. */
    boolean passed() {
        return figures.stream().allMatch(SnapshotFigure::isMet);
    }

    /** One JSON object on one line, with stable field names. */
    String json() {
        ObjectNode json = Json.object().put("benchmark", "snapshots").put("share", share);
        ArrayNode all = json.putArray("figures");
        for (SnapshotFigure figure : figures) {
            ObjectNode each = all.addObject().put("name", figure.name()).put("unit", figure.unit())
                    .put("value", rounded(figure.value()));
            boolean isJudged = figure.kind() != SnapshotFigure.Kind.NOT_JUDGED;
            each.put("judged", figure.kind().name().toLowerCase(Locale.ROOT));
            each.put("bar", isJudged ? Double.valueOf(rounded(figure.bar())) : null);
            each.put("met", isJudged ? Boolean.valueOf(figure.isMet()) : null);
        }
        return Json.line(json.put("passed", passed()));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** A Markdown table that reads well on a terminal too, and the verdict below. */
    String table() {
        StringBuilder text = new StringBuilder("| figure | value | bar | |\n| --- | ---: | ---: | --- |\n");
        for (SnapshotFigure figure : figures) {
            String bar = switch (figure.kind()) {
                case AT_MOST -> "at most " + number(figure.bar());
                case AT_LEAST -> "at least " + number(figure.bar());
                case NOT_JUDGED -> "";
            };
            text.append(String.format(Locale.ROOT, "| %s | %s %s | %s | %s |%n", figure.name(), number(figure.value()),
                    figure.unit(), bar, figure.isMet() ? "" : "MISSED"));
        }
        return text.append('\n').append(passed() ? "the bars are met" : "a bar is missed").toString();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }
}
