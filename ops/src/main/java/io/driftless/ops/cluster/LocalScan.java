package io.driftless.ops.cluster;

import io.driftless.log.Bytes;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.console.Count;
import io.driftless.ops.kv.KvAnswer;
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

    /**
     * How it ended.
     *
     * @param address      of the node that answered; empty if any may have, and none was behind what is committed
     * @param rows         how many there were
     * @param more         whether there are more behind them
     * @param firstApplied the last index it had applied at the first page
     * @param applied      the last index it had applied at the last page
     */
    public record End(String address, long rows, boolean more, long firstApplied, long applied) {

        /** In words. */
        public String words() {
            return (isLocal() ? "local, applied=" : "linearizable, index=") + applied + (firstApplied == applied ? ""
                    : " (" + firstApplied + " at the beginning)") + (isLocal() ? ", " + address : "") + ", "
                    + Count.of(rows, "row") + (more ? ", more follow" : "");
        }

        /** Whether one node answered from its own copy alone. */
        public boolean isLocal() {
            return !address.isEmpty();
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
     * @throws ReadFailedException if none answers, or the one that answered first does so no more
     */
    public End run(Bytes prefix, Bytes from, long limit, Consumer<KvAnswer.Row> each) throws IOException {
        RowPages pages = new RowPages(prefix, from, limit, each);
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
                return pages.read(address, (scan, seen) -> probe.rows(scan, timeout));
            } catch (IOException problem) {
                throw ReadFailedException.of(address, problem);
            }
        }
        throw ReadFailedException.of(QueryOutcome.Reason.UNREACHABLE, "no member answers" + problems);
    }
}
