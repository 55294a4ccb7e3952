package io.driftless.ops.cluster;

import io.driftless.log.Bytes;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Count;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads rows from the copy of one node, the first that answers: local, possibly behind the others. Immutable.
 *
 * @param addresses of the nodes to ask, in this order
 * @param timeout   of each question
 */
public record LocalScan(List<String> addresses, Duration timeout) {

    private static final int PAGE_ROWS = 1000;

    /**
     * How it ended.
     *
     * @param address      of the node that answered
     * @param rows         how many there were
     * @param more         whether there are more behind them
     * @param firstApplied the last index it had applied at the first page
     * @param applied      the last index it had applied at the last page
     */
    public record End(String address, long rows, boolean more, long firstApplied, long applied) {

        /** In words. */
        public String words() {
            return "local, applied=" + applied + (firstApplied == applied ? "" : " (" + firstApplied
                    + " at the beginning)") + ", " + address + ", " + Count.of(rows, "row")
                    + (more ? ", more follow" : "");
        }
    }

    /** Copies the list. */
    public LocalScan {
        addresses = List.copyOf(addresses);
    }

    /**
     * Reads at most {@code limit} rows in the order of the keys.
     *
     * @param prefix only keys that begin with it
     * @param from   only keys at or behind it
     * @param each   is given the rows
     * @throws IOException            if the node that answered first does so no more
     * @throws CommandFailedException if none answers
     */
    public End run(Bytes prefix, Bytes from, long limit, Consumer<KvAnswer.Row> each) throws IOException {
        StringBuilder problems = new StringBuilder();
        for (String address : addresses) {
            NodeProbe probe;
            try {
                probe = NodeProbe.connect(address, timeout);
            } catch (IOException unreachable) {
                problems.append("; ").append(Wiring.problem(address, unreachable));
                continue;
            }
            try (probe) {
                return run(address, probe, prefix, from, limit, each);
            }
        }
        throw CommandFailedException.failed("no member answers" + problems);
    }

    private End run(String address, NodeProbe probe, Bytes prefix, Bytes from, long limit,
            Consumer<KvAnswer.Row> each) throws IOException {
        Bytes start = from;
        long rows = 0;
        long firstApplied = -1;
        while (true) {
            int pageLimit = (int) Math.min(PAGE_ROWS, limit - rows);
            NodeProbe.Rows answer = probe.rows(new KvQuery.Scan(prefix, start, pageLimit), timeout);
            firstApplied = firstApplied < 0 ? answer.applied() : firstApplied;
            answer.page().rows().forEach(each);
            rows += answer.page().rows().size();
            boolean more = answer.page().more();
            if (!more || rows >= limit) {
                return new End(address, rows, more, firstApplied, answer.applied());
            }
            start = answer.page().next();
        }
    }
}
