package io.driftless.bench.log;

import io.driftless.bench.log.EntryWriter.Kind;
import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import io.driftless.bench.run.Measuring.Latency;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Append and sync, one entry at a time: how long that takes; and in batches: how many entries a second. */
final class DurableAppends {

    private static final double P50_TIMES_W = 1.15;
    private static final double P99_TIMES_W = 1.5;
    private static final double BATCHES_TIMES_M = 0.9;
    private static final int BATCH = 100;

    private DurableAppends() { }

    /** Another writer begins in each round: what comes first after a pause meets another machine. */
    private static List<Kind> order(int round) {
        List<Kind> order = new ArrayList<>(List.of(Kind.values()));
        Collections.rotate(order, round);
        return order;
    }

    /** What JMH hands to a new writer. */
    static Map<String, String> parameters(LogMeasurement.Bench bench, Kind writer, int size, int count) {
        return Map.of("directory", bench.folder().toString(), "writer", writer.label(),
                "size", Integer.toString(size), "count", Integer.toString(count));
    }

    /**
     * One at a time.
     *
     * @param bench what all parts share
     * @param sizes of payloads
     */
    record Single(Bench bench, List<Integer> sizes) implements LogMeasurement {

        @Override
        public String name() {
            return "sync";
        }

        @Override
        public void round(int number, LogFigures figures) {
            for (int size : sizes) {
                Map<Kind, Latency> taken = new EnumMap<>(Kind.class);
                for (Kind writer : order(number)) {
                    taken.put(writer, bench.jmh().latency(LogBenchmark.class, "appendAndSync",
                            parameters(bench, writer, size, 1), bench.millis()));
                }
                figures.add("sync-" + size + "-p50-us", Bar.atMostTimesW(P50_TIMES_W),
                        new Taken(taken.get(Kind.LOG).p50Us(), taken.get(Kind.W).p50Us(),
                                taken.get(Kind.M).p50Us(), taken.get(Kind.PLAIN).p50Us()));
                figures.add("sync-" + size + "-p99-us", Bar.atMostTimesW(P99_TIMES_W),
                        new Taken(taken.get(Kind.LOG).p99Us(), taken.get(Kind.W).p99Us(),
                                taken.get(Kind.M).p99Us(), taken.get(Kind.PLAIN).p99Us()));
            }
        }
    }

    /**
     * In batches.
     *
     * @param bench what all parts share
     * @param sizes of payloads
     */
    record Batches(Bench bench, List<Integer> sizes) implements LogMeasurement {

        @Override
        public String name() {
            return "batch";
        }

        @Override
        public void round(int number, LogFigures figures) {
            for (int size : sizes) {
                Map<Kind, Double> taken = new EnumMap<>(Kind.class);
                for (Kind writer : order(number)) {
                    taken.put(writer, BATCH * bench.jmh().perSecond(LogBenchmark.class, "appendAndSync",
                            parameters(bench, writer, size, BATCH), bench.millis()));
                }
                figures.add("batch-100x" + size + "-per-s", Bar.atLeastTimesM(BATCHES_TIMES_M),
                        new Taken(taken.get(Kind.LOG), taken.get(Kind.W), taken.get(Kind.M), taken.get(Kind.PLAIN)));
            }
        }
    }
}
