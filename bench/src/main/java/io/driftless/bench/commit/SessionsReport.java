package io.driftless.bench.commit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.bench.run.Medians;
import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;

/**
 * What sessions cost, out of pairs. The bars: median latency and rate within 7 %, and the upper end of the 95 %
 * interval of the processor time within 5 %. Immutable.
 *
 * @param pairs at least two
 */
record SessionsReport(List<Pair> pairs) {

    private static final double BAR = 0.07;
    private static final double CPU_BAR = 1.05;
    /** Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on; beyond them the normal one. */
    private static final double[] T = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201,
        2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086};
    private static final double NORMAL = 1.96;

    /**
     * One side of a pair.
     *
     * @param p50Us     median latency with one command outstanding
     * @param perSecond commands a second with 64 outstanding
     * @param cpuUs     processor time of all nodes for one of those
     */
    record Figures(double p50Us, double perSecond, double cpuUs) { }

    /** The same load with and without sessions. */
    record Pair(Figures with, Figures without) {

        double latencyRatio() {
            return with.p50Us / without.p50Us;
        }

        double rateRatio() {
            return with.perSecond / without.perSecond;
        }

        double cpuRatio() {
            return with.cpuUs / without.cpuUs;
        }
    }

    private double latencyRatio() {
        return Medians.median(pairs, Pair::latencyRatio);
    }

    private double rateRatio() {
        return Medians.median(pairs, Pair::rateRatio);
    }

    private double cpuRatio() {
        return pairs.stream().mapToDouble(Pair::cpuRatio).average().orElseThrow();
    }

    /** The upper end of the interval in which the mean ratio of processor times lies with 95 %. */
    double cpuRatioUpper() {
        double mean = cpuRatio();
        double squares = pairs.stream().mapToDouble(pair -> Math.pow(pair.cpuRatio() - mean, 2)).sum();
        int freedom = pairs.size() - 1;
        double deviation = Math.sqrt(squares / freedom);
        return mean + (freedom <= T.length ? T[freedom - 1] : NORMAL) * deviation / Math.sqrt(pairs.size());
    }

    boolean passed() {
        return latencyRatio() <= 1 + BAR && rateRatio() >= 1 - BAR && cpuRatioUpper() <= CPU_BAR;
    }

    String json() {
        ObjectNode line = Json.object().put("pairs", pairs.size());
        line.put("p50_us_with", Medians.median(pairs, pair -> pair.with.p50Us));
        line.put("p50_us_without", Medians.median(pairs, pair -> pair.without.p50Us));
        line.put("p50_ratio", latencyRatio());
        line.put("ops_per_s_with", Medians.median(pairs, pair -> pair.with.perSecond));
        line.put("ops_per_s_without", Medians.median(pairs, pair -> pair.without.perSecond));
        line.put("rate_ratio", rateRatio());
        line.put("cpu_us_with", Medians.median(pairs, pair -> pair.with.cpuUs));
        line.put("cpu_us_without", Medians.median(pairs, pair -> pair.without.cpuUs));
        line.put("cpu_ratio", cpuRatio());
        line.put("cpu_ratio_upper", cpuRatioUpper());
        return Json.line(line.put("passed", passed()));
    }

    String table() {
        return String.format(Locale.ROOT, """
                                          with sessions   without   ratio    bar
                p50, one outstanding         %8.1f us %8.1f us   %.3f   at most %.2f
                commands a second, 64        %8.0f    %8.0f      %.3f   at least %.2f
                CPU of the nodes a command   %8.1f us %8.1f us   %.3f   upper end %.3f, at most %.2f
                %s""",
                Medians.median(pairs, pair -> pair.with.p50Us), Medians.median(pairs, pair -> pair.without.p50Us),
                latencyRatio(), 1 + BAR,
                Medians.median(pairs, pair -> pair.with.perSecond),
                Medians.median(pairs, pair -> pair.without.perSecond), rateRatio(), 1 - BAR,
                Medians.median(pairs, pair -> pair.with.cpuUs), Medians.median(pairs, pair -> pair.without.cpuUs),
                cpuRatio(), cpuRatioUpper(), CPU_BAR, passed() ? "the bars are met" : "a bar is missed");
    }
}
