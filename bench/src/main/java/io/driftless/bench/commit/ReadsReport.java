package io.driftless.bench.commit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.bench.run.Medians;
import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a query costs beside a command, out of pairs. The bars: a linearizable query at the leader takes at most 0.7 of
 * a command's time, and 64 threads read at least 1.5 times as often as they write. Immutable.
 *
 * @param pairs at least one
 */
record ReadsReport(List<Pair> pairs) {

    /** Bar for the latency of a query, in that of a command. */
    static final double LATENCY_BAR = 0.7;
    /** Bar for the rate of reads, in that of writes. */
    static final double RATE_BAR = 1.5;

    /**
     * What was measured one after the other.
     *
     * @param commandUs       median latency of a command, with one outstanding
     * @param queryUs         of a linearizable query at the leader
     * @param writesPerSecond of 64 threads that write
     * @param readsPerSecond  of 64 threads that read linearizably
     * @param followerUs      median latency of a linearizable query at a follower
     * @param staleUs         of a stale query at that follower
     */
    record Pair(double commandUs, double queryUs, double writesPerSecond, double readsPerSecond, double followerUs,
            double staleUs) {

        double latencyRatio() {
            return queryUs / commandUs;
        }

        double rateRatio() {
            return readsPerSecond / writesPerSecond;
        }
    }

    private double median(ToDoubleFunction<Pair> part) {
        return Medians.median(pairs, part);
    }

    boolean passed() {
        return median(Pair::latencyRatio) <= LATENCY_BAR && median(Pair::rateRatio) >= RATE_BAR;
    }

    String json() {
        ObjectNode line = Json.object().put("benchmark", "reads").put("pairs", pairs.size());
        line.put("command_p50_us", median(Pair::commandUs)).put("query_p50_us", median(Pair::queryUs));
        line.put("p50_ratio", median(Pair::latencyRatio)).put("p50_ratio_bar", LATENCY_BAR);
        line.put("writes_per_s", median(Pair::writesPerSecond)).put("reads_per_s", median(Pair::readsPerSecond));
        line.put("rate_ratio", median(Pair::rateRatio)).put("rate_ratio_bar", RATE_BAR);
        line.put("follower_p50_us", median(Pair::followerUs)).put("stale_p50_us", median(Pair::staleUs));
        return Json.line(line.put("passed", passed()));
    }

    String table() {
        return String.format(Locale.ROOT, """
                                              query       command     ratio   bar
                p50, one outstanding, leader  %8.1f us %8.1f us   %.3f   at most %.2f
                a second, 64 threads          %8.0f    %8.0f      %.3f   at least %.2f
                p50 at a follower             %8.1f us
                p50 at a follower, stale      %8.1f us
                %s""",
                median(Pair::queryUs), median(Pair::commandUs), median(Pair::latencyRatio), LATENCY_BAR,
                median(Pair::readsPerSecond), median(Pair::writesPerSecond), median(Pair::rateRatio), RATE_BAR,
                median(Pair::followerUs), median(Pair::staleUs), passed() ? "the bars are met" : "a bar is missed");
    }
}
