package io.driftless.ops.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The verdict of a demo. Immutable.
 *
 * @param lines        lines of the text
 * @param tally        what was acknowledged
 * @param verification what the nodes hold; empty if it came not so far
 */
record DemoReport(int lines, LineReplication.Tally tally, Optional<Verification> verification) {

    /**
     * Whether every line was acknowledged, is on every node exactly as it is, and was executed once.
     */
    boolean isVerified() {
        return verification.isPresent() && tally.count() == lines && verification.get().lost().isEmpty()
                && verification.get().nodesAgree()
                && verification.get().isNothingWrong() && verification.get().duplicated() == 0;
    }

    /** The line for scripts. */
    String json() {
        ObjectNode line = Json.object().put("acknowledged", tally.count());
        line.put("lost", verification.map(state -> state.lost().cardinality()).orElse(null));
        line.put("duplicated", verification.map(Verification::duplicated).orElse(null));
        boolean any = tally.count() > 0;
        line.put("p50_us", any ? Long.valueOf(tally.latencyUs().getValueAtPercentile(50)) : null);
        line.put("p99_us", any ? Long.valueOf(tally.latencyUs().getValueAtPercentile(99)) : null);
        line.put("failover_ms", tally.failoverNs() >= 0 ? Long.valueOf(tally.failoverNs() / 1_000_000) : null);
        line.put("nodes_agree", verification.map(Verification::nodesAgree).orElse(false));
        return Json.line(line.put("verified", isVerified()));
    }

    /** The table for people. */
    List<String> table() {
        List<String> table = new ArrayList<>();
        row(table, "lines acknowledged", String.format(Locale.ROOT, "%,d of %,d", tally.count(), lines));
        row(table, "commit latency", "p50 " + millis(tally.latencyUs().getValueAtPercentile(50)) + ", p99 "
                + millis(tally.latencyUs().getValueAtPercentile(99)) + ", max "
                + millis(tally.latencyUs().getMaxValue()));
        row(table, "without a leader", tally.failoverNs() < 0 ? "-" : millis(tally.failoverNs() / 1000));
        row(table, "rejected", String.format(Locale.ROOT, "%,d", tally.rejected())
                + (tally.rejected() > 0 && tally.count() == lines ? ", and submitted again" : ""));
        verification.ifPresent(state -> {
            row(table, "lost", Integer.toString(state.lost().cardinality()));
            row(table, "duplicated", Long.toString(state.duplicated()));
            for (Verification.NodeState node : state.nodes()) {
                row(table, "state of " + node.name(), String.format(Locale.ROOT,
                        "%s, hash %s, applied index %,d",
                        Count.of(node.counted().keys(), "line"), node.counted().hash(), node.applied()));
            }
            state.complaints().forEach(complaint -> row(table, "", complaint));
        });
        row(table, "verdict", isVerified() ? "verified: every line is on every node, and the nodes agree"
                : "NOT VERIFIED");
        return table;
    }

    private static void row(List<String> table, String name, String value) {
        table.add(String.format(Locale.ROOT, "%-20s%s", name, value));
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
    }
}
