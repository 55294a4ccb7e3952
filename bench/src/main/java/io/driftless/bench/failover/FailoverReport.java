package io.driftless.bench.failover;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.bench.run.Medians;
import io.driftless.ops.console.Json;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench failover} measured and whether it is good enough. Immutable.
 *
 * @param gapsMs how long each kill kept the client waiting, in milliseconds; at least one
 */
record FailoverReport(List<Double> gapsMs) {

    /** Bar for the median, in milliseconds. */
    static final double MEDIAN_BAR = 150;
    /** Bar for the longest one, in milliseconds. */
    static final double WORST_BAR = 500;

    FailoverReport {
        gapsMs = List.copyOf(gapsMs);
        if (gapsMs.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    double medianMs() {
        return Medians.median(gapsMs, Double::doubleValue);
    }

    double worstMs() {
        return Collections.max(gapsMs);
    }

    /** Whether both bars are met. */
    boolean passed() {
        return medianMs() <= MEDIAN_BAR && worstMs() <= WORST_BAR;
    }

    /** One JSON object on one line, with stable field names. */
    String json() {
        ObjectNode json = Json.object();
        json.put("benchmark", "failover");
        json.put("kills", gapsMs.size());
        json.put("median_ms", tenths(medianMs()));
        json.put("median_ms_bar", MEDIAN_BAR);
        json.put("worst_ms", tenths(worstMs()));
        json.put("worst_ms_bar", WORST_BAR);
        ArrayNode all = json.putArray("gaps_ms");
        gapsMs.forEach(gap -> all.add(tenths(gap)));
        json.put("passed", passed());
        return Json.line(json);
    }

    private static double tenths(double ms) {
        return Math.round(ms * 10) / 10.0;
    }

    /** A Markdown table that reads well on a terminal too. */
    String table() {
        return String.format(Locale.ROOT, "| kill to commit, of %d | ms | bar | |%n| --- | ---: | ---: | --- |%n"
                + "| median | %.1f | %.0f | %s |%n| worst | %.1f | %.0f | %s |", gapsMs.size(), medianMs(), MEDIAN_BAR,
                word(medianMs() <= MEDIAN_BAR), worstMs(), WORST_BAR, word(worstMs() <= WORST_BAR));
    }

    private static String word(boolean isMet) {
        return isMet ? "met" : "MISSED";
    }
}
