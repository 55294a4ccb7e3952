package io.driftless.ops.demo;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.NodeProbe;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import io.driftless.ops.kv.StateHash;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Compares what each node holds with the text, line by line, and the nodes with one another. Every row is read from
 * every node, so that a hash which a node keeps up wrongly is found too. Immutable result.
 *
 * @param nodes      what each node holds
 * @param lost       numbers of acknowledged lines that are absent or different on any node
 * @param duplicated how many executions there were beyond one a line, on the node where there were most
 */
record Verification(List<NodeState> nodes, BitSet lost, long duplicated) {

    private static final int PAGE_ROWS = 2000;
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /**
     * What one node holds.
     *
     * @param name       the node
     * @param applied    the index that it had applied when it was read
     * @param told       the numbers that it keeps up
     * @param counted    the same numbers, counted from its rows
     * @param wrong      rows that are different from their lines, or belong to no line
     * @param linesThere numbers of the lines that it holds, byte for byte
     */
    record NodeState(String name, long applied, KvAnswer.Digest told, KvAnswer.Digest counted, long wrong,
            BitSet linesThere) { }

    /** From what the nodes hold. */
    static Verification of(List<NodeState> nodes, BitSet acknowledged) {
        BitSet lost = new BitSet();
        long duplicated = 0;
        for (NodeState node : nodes) {
            BitSet missing = (BitSet) acknowledged.clone();
            missing.andNot(node.linesThere());
            lost.or(missing);
            duplicated = Math.max(duplicated, node.counted().versions() - node.counted().keys());
        }
        return new Verification(List.copyOf(nodes), lost, duplicated);
    }

    /** Whether all nodes were read at the same index: otherwise they cannot be compared. */
    boolean isOfOneIndex() {
        return nodes.stream().allMatch(node -> node.applied() == nodes.getFirst().applied());
    }

    /** Whether all nodes hold the same as of the same index, and what each one tells of its state is true. */
    boolean nodesAgree() {
        NodeState first = nodes.getFirst();
        return isOfOneIndex() && nodes.stream().allMatch(node -> node.told().equals(node.counted())
                && node.counted().equals(first.counted()));
    }

    /** Whether every row on every node is a line of the text. */
    boolean isNothingWrong() {
        return nodes.stream().allMatch(node -> node.wrong() == 0);
    }

    /** Reads everything that a node holds. {@link IOException} if it changes meanwhile. */
    static NodeState read(String name, NodeProbe probe, DemoInput input) throws IOException {
        NodeProbe.Summary summary = probe.summary(ANSWER);
        BitSet there = new BitSet();
        StateHash hash = StateHash.EMPTY.withQuota(KeyValueMachine.DEFAULT_QUOTA_BYTES, input.quotaBytes());
        long keys = 0;
        long versions = 0;
        long wrong = 0;
        Bytes from = Bytes.EMPTY;
        KvAnswer.Page page;
        do {
            NodeProbe.Rows rows = probe.rows(new KvQuery.Scan(Bytes.EMPTY, from, PAGE_ROWS), ANSWER);
            if (rows.applied() != summary.applied()) {
                throw new IOException(name + " went on from index " + summary.applied() + " to " + rows.applied()
                        + " while it was read");
            }
            page = rows.page();
            for (KvAnswer.Row row : page.rows()) {
                keys++;
                versions += row.version();
                hash = hash.plus(row.key(), row.version(), row.value());
                int number = input.number(row.key());
                if (number > 0 && input.line(number).equals(row.value())) {
                    there.set(number);
                } else {
                    wrong++;
                }
            }
            from = page.rows().isEmpty() ? from : page.next();
        } while (page.more());
        return new NodeState(name, summary.applied(), summary.digest(), new KvAnswer.Digest(keys, versions, hash),
                wrong, there);
    }

    /** What is wrong, in words; empty if nothing is. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (NodeState node : nodes) {
            if (!node.told().equals(node.counted())) {
                complaints.add(node.name() + " says that it holds " + node.told() + ", and holds " + node.counted());
            }
            if (node.wrong() > 0) {
                complaints.add(node.name() + " holds " + node.wrong() + " rows that are not lines of the text");
            }
        }
        if (!lost.isEmpty()) {
            complaints.add("lost lines, the first is number " + lost.nextSetBit(0));
        }
        return complaints;
    }
}
