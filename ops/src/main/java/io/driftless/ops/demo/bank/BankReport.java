package io.driftless.ops.demo.bank;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * The verdict of a demo of the bank. Immutable.
 *
 * @param ledger what the clients were told
 * @param story  what happened meanwhile
 * @param audit  what the nodes' books say; empty if it came not so far
 */
record BankReport(Ledger.Tally ledger, Story story, Optional<Audit> audit) {

    /**
     * What happened while money moved.
     *
     * @param kills      how many leaders were killed
     * @param totalsRead how often a node was asked for its total
     * @param wrongTotal the first total that was not what was deposited, in words; empty if there was none
     */
    record Story(int kills, long totalsRead, String wrongTotal) { }

    /** Whether money moved, every total was right, and the books of all nodes are what the clients were told. */
    boolean isVerified() {
        return ledger.done() > 0 && story.wrongTotal().isEmpty()
                && audit.filter(done -> done.complaints().isEmpty()).isPresent();
    }

    /** The line for scripts. */
    String json() {
        ObjectNode line = Json.object().put("transfers", ledger.done()).put("refused", ledger.refused())
                .put("rejected", ledger.notExecuted()).put("unknown", ledger.unknown()).put("kills", story.kills())
                .put("totals_read", story.totalsRead()).put("deposited", ledger.deposited());
        line.put("total", audit.map(done -> done.nodes().getFirst().told().total()).orElse(null));
        line.put("lost", audit.map(Audit::lost).orElse(null));
        line.put("duplicated", audit.map(Audit::duplicated).orElse(null));
        Histogram latency = ledger.latencyUs();
        boolean any = ledger.done() > 0;
        line.put("p50_us", any ? Long.valueOf(latency.getValueAtPercentile(50)) : null);
        line.put("p99_us", any ? Long.valueOf(latency.getValueAtPercentile(99)) : null);
        line.put("max_us", any ? Long.valueOf(latency.getMaxValue()) : null);
        line.put("nodes_agree", audit.map(Audit::nodesAgree).orElse(false));
        return Json.line(line.put("verified", isVerified()));
    }

    /** The table for people. */
    List<String> table() {
        List<String> table = new ArrayList<>();
        row(table, "transfers done", String.format(Locale.ROOT, "%,d; %s", ledger.done(),
                Count.of(ledger.refused(), "refused as an overdraft", "refused as overdrafts")));
        row(table, "transfer latency", "p50 " + millis(ledger.latencyUs().getValueAtPercentile(50)) + ", p99 "
                + millis(ledger.latencyUs().getValueAtPercentile(99)) + ", max "
                + millis(ledger.latencyUs().getMaxValue()));
        row(table, "leaders killed", Integer.toString(story.kills()));
        row(table, "not done", ledger.notExecuted() + " rejected, " + ledger.unknown() + " with unknown outcome"
                + (ledger.unknown() == 0 ? "" : " (what their accounts must have is an interval)"));
        row(table, "total", !story.wrongTotal().isEmpty() ? story.wrongTotal() : String.format(Locale.ROOT,
                "%,d deposited, and so much each of the %,d times that a node was asked", ledger.deposited(),
                story.totalsRead()));
        audit.ifPresent(done -> {
            row(table, "lost", Long.toString(done.lost()));
            row(table, "duplicated", Long.toString(done.duplicated()));
            for (Audit.NodeBooks node : done.nodes()) {
                row(table, "books of " + node.node(), String.format(Locale.ROOT,
                        "%,d accounts, total %,d, applied index %,d", node.told().accounts(), node.told().total(),
                        node.applied()));
            }
            done.complaints().forEach(complaint -> row(table, "", complaint));
        });
        row(table, "verdict", isVerified() ? "verified: every account has what the clients were told, on every node"
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
