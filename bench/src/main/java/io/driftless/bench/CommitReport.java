package io.driftless.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

    private static final String ROW = "| %6s | %13s | %7s | %12s | %8s | %6s | %7s | %5s | %9s |%n";

    /**
     * One round: floor, one outstanding, 64 outstanding.
     *
     * @param roundTripUs  p50 of a blocking round trip between two processes
     * @param syncUs       p50 of writing and forcing
     * @param syncAtOnceUs p50 of the same when as many as there are nodes do it at once
     * @param p50Us        p50 of a durable commit, one outstanding
     * @param p99Us        its p99
     * @param opsPerS      commands a second, 64 outstanding
     */
    record Round(double roundTripUs, double syncUs, double syncAtOnceUs, double p50Us, double p99Us, double opsPerS) {

        /** Two round trips and one sync: client to leader, leader to follower, one disk on the way. */
        double floorUs() {
            return 2 * roundTripUs + syncUs;
        }

        /** How many floors a commit takes. */
        double ratio() {
            return p50Us / floorUs();
        }
    }

    CommitReport {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("no rounds");
        }
    }

    /** The medians, put together as a round. */
    Round median() {
        return new Round(of(Round::roundTripUs), of(Round::syncUs), of(Round::syncAtOnceUs), of(Round::p50Us),
                of(Round::p99Us), of(Round::opsPerS));
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
                "p50 us", "p99 us", "ratio", "ops/s, 64"));
        text.append(String.format(Locale.ROOT, ROW, "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:",
                "---:"));
        for (int i = 0; i < rounds.size(); i++) {
            text.append(row(Integer.toString(i + 1), rounds.get(i)));
        }
        text.append(row("median", median()));
        text.append(String.format(Locale.ROOT, "%nbars: ratio at most %.2f, %s; at least %,.0f ops/s, %s",
                RATIO_BAR, met(median().ratio() <= RATIO_BAR), OPS_BAR, met(median().opsPerS() >= OPS_BAR)));
        return text.toString();
    }

    private static String row(String name, Round round) {
        return String.format(Locale.ROOT, ROW, name, us(round.roundTripUs()), us(round.syncUs()),
                us(round.syncAtOnceUs()), us(round.floorUs()), us(round.p50Us()), us(round.p99Us()),
                String.format(Locale.ROOT, "%.2f", round.ratio()), String.format(Locale.ROOT, "%,.0f",
                round.opsPerS()));
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
