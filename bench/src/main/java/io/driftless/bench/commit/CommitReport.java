package io.driftless.bench.commit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.Medians;
import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What {@code bench commit} measured and whether it is good enough. Every figure is the median over the rounds; {@code
 * floor} and {@code ratio} are computed from these medians, so that the printed numbers agree with each other.
 * Immutable.
 *
 * @param rounds what each round measured; at least one
 */
record CommitReport(List<Round> rounds) {

    /** One command outstanding may take at most this many times the floor. */
    static final double RATIO_BAR = 1.8;

    /** So many commands a second must be committed with 64 outstanding. */
    static final double OPS_BAR = 45_000;

    private static final String ROW = "| %6s | %13s | %7s | %12s | %8s | %8s | %6s | %7s | %5s | %9s | %9s |%n";

    /**
     * One round: floor, one outstanding, 64 outstanding.
     *
     * @param roundTripUs  p50 of a blocking round trip between two processes
     * @param syncUs       p50 of writing and forcing
     * @param syncAtOnceUs p50 of the same when as many as there are nodes do it at once
     * @param plain        what three plain processes do
     * @param p50Us        p50 of a durable commit, one outstanding
     * @param p99Us        its p99
     * @param opsPerS      commands a second, 64 outstanding
     */
    record Round(double roundTripUs, double syncUs, double syncAtOnceUs, Plain plain, double p50Us, double p99Us,
            double opsPerS) {

        /** Two round trips and one sync: client to leader, leader to follower, one disk on the way. */
        double floorUs() {
            return 2 * roundTripUs + syncUs;
        }

        /** How many floors a commit takes. */
        double ratio() {
            return p50Us / floorUs();
        }
    }

    /**
     * What a {@link PlainCluster} does on the same machine in the same round.
     *
     * @param p50Us   p50 of a record, one outstanding
     * @param opsPerS records a second, 64 outstanding
     */
    record Plain(double p50Us, double opsPerS) { }

    CommitReport {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("no rounds");
        }
    }

    /** The medians, put together as a round. */
    Round median() {
        return new Round(of(Round::roundTripUs), of(Round::syncUs), of(Round::syncAtOnceUs),
                new Plain(of(round -> round.plain().p50Us()), of(round -> round.plain().opsPerS())),
                of(Round::p50Us), of(Round::p99Us), of(Round::opsPerS));
    }

    /** Whether both bars are met. */
    boolean passed() {
        return median().ratio() <= RATIO_BAR && median().opsPerS() >= OPS_BAR;
    }

    /** One JSON object on one line, with stable field names. */
    String json() {
        Round median = median();
        ObjectNode json = Json.object();
        json.put("benchmark", "commit");
        json.put("nodes", BenchCluster.NODES);
        json.put("size", FloorBenchmark.SIZE);
        json.put("durability", "always");
        json.put("floor_round_trip_us", rounded(median.roundTripUs(), 10));
        json.put("floor_sync_us", rounded(median.syncUs(), 10));
        json.put("sync_at_once_us", rounded(median.syncAtOnceUs(), 10));
        json.put("floor_us", rounded(median.floorUs(), 10));
        json.put("plain_p50_us", rounded(median.plain().p50Us(), 10));
        json.put("plain_ops_per_s", Math.round(median.plain().opsPerS()));
        json.put("p50_us", rounded(median.p50Us(), 10));
        json.put("p99_us", rounded(median.p99Us(), 10));
        json.put("ratio", rounded(median.ratio(), 1000));
        json.put("ratio_bar", RATIO_BAR);
        json.put("connections", CommitBenchmark.CONNECTIONS);
        json.put("outstanding", CommitBenchmark.CONNECTIONS * CommitBenchmark.OUTSTANDING_EACH);
        json.put("ops_per_s", Math.round(median.opsPerS()));
        json.put("ops_per_s_bar", Math.round(OPS_BAR));
        json.put("rounds", rounds.size());
        json.put("passed", passed());
        return Json.line(json);
    }

    /**
     * A Markdown table that reads well on a terminal too: a row for each round, one for the medians, and the verdict
     * below.
     */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, ROW, "round", "round trip us", "sync us", "3 at once us", "floor us",
                "plain us", "p50 us", "p99 us", "ratio", "plain, 64", "ops/s, 64"));
        text.append(String.format(Locale.ROOT, ROW, "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:",
                "---:", "---:", "---:"));
        for (int i = 0; i < rounds.size(); i++) {
            text.append(row(Integer.toString(i + 1), rounds.get(i)));
        }
        text.append(row("median", median()));
        Round median = median();
        text.append(String.format(Locale.ROOT, "%nbeside three plain processes: p50 %.2f times theirs, %.2f of their "
                + "ops/s", median.p50Us() / median.plain().p50Us(), median.opsPerS() / median.plain().opsPerS()));
        text.append(String.format(Locale.ROOT, "%nbars: ratio at most %.2f, %s; at least %,.0f ops/s, %s",
                RATIO_BAR, met(median.ratio() <= RATIO_BAR), OPS_BAR, met(median.opsPerS() >= OPS_BAR)));
        return text.toString();
    }

    private static String row(String name, Round round) {
        return String.format(Locale.ROOT, ROW, name, us(round.roundTripUs()), us(round.syncUs()),
                us(round.syncAtOnceUs()), us(round.floorUs()), us(round.plain().p50Us()), us(round.p50Us()),
                us(round.p99Us()), String.format(Locale.ROOT, "%.2f", round.ratio()),
                perS(round.plain().opsPerS()), perS(round.opsPerS()));
    }

    private static String perS(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String us(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String met(boolean met) {
        return met ? "met" : "MISSED";
    }

    private static double rounded(double value, int steps) {
        return (double) Math.round(value * steps) / steps;
    }

    private double of(ToDoubleFunction<Round> part) {
        return Medians.median(rounds, part);
    }
}
