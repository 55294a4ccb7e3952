package io.driftless.sim;

import io.driftless.raft.Content;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.sim.history.Operation;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * A peer is sent what it lacks, and little of what it has (R13): over one connection in one term at most a window and a
 * batch again within any electionTimeoutMin, however old the connection is: what is taken for lost after such a time is
 * sent from matchIndex + 1. Counts the bytes that are sent, and those that are sent again.
 */
final class SentAgain implements Checker {

    /** The shortest election timeout, by a clock that may run fast and jump a little. */
    private static final long STALL_NS = 250_000_000;

    /** What went over the present connection in one term. */
    private static final class Stream {
        long term;
        /** The indexes that were sent; what is refused has been sent too. */
        final BitSet sent = new BitSet();
        /** What was sent again within the last {@link #STALL_NS}. */
        final Deque<Again> again = new ArrayDeque<>();
        long againBytes;

        void forgetUntil(long ns) {
            while (!again.isEmpty() && again.peekFirst().atNs() <= ns) {
                againBytes -= again.removeFirst().bytes();
            }
        }
    }

    private record Again(long atNs, long bytes) { }

    private final Universe universe;
    private final long boundBytes;
    private final Stream[][] streams;
    private long bytes;
    private long againBytes;

    SentAgain(Universe universe) {
        int servers = universe.plan.servers();
        this.universe = universe;
        this.boundBytes = Operation.WEIGHT * (universe.plan.knob(Knob.WINDOW_ENTRIES)
                + universe.plan.knob(Knob.BATCH_ENTRIES) + 1);
        this.streams = new Stream[servers][servers];
        for (Stream[] row : streams) {
            for (int peer = 0; peer < servers; peer++) {
                row[peer] = new Stream();
            }
        }
    }

    @Override
    public String property() {
        return "what a peer has is hardly sent again (R13)";
    }

    /** The weight of all entries that were sent. */
    long bytes() {
        return bytes;
    }

    /** Of them, the weight of those that their receiver had, or that were sent over the same connection before. */
    long againBytes() {
        return againBytes;
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Connected now) {
            streams[now.node()][now.peer()] = new Stream();
        } else if (happening instanceof Happening.Sent sent && sent.lane() == Lane.DATA
                && sent.message() instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
            sent(sent, append);
        }
    }

    private void sent(Happening.Sent sent, Message.AppendEntries append) {
        Stream stream = streams[sent.from()][sent.to()];
        long nowNs = universe.timeline.nowNs();
        if (stream.term != append.term()) {
            stream = new Stream();
            streams[sent.from()][sent.to()] = stream;
            stream.term = append.term();
        }
        stream.forgetUntil(nowNs - STALL_NS);
        DiskView peer = universe.node(sent.to()).view();
        Content content = append.content();
        long index = append.entries().firstIndex();
        for (int position = 0; position < content.count(); position++, index++) {
            long weight = content.weight(position);
            bytes += weight;
            boolean wasSent = stream.sent.get(Math.toIntExact(index));
            stream.sent.set(Math.toIntExact(index));
            if (wasSent || peer.termAt(index) == append.entries().termAt(index)) {
                againBytes += weight;
                stream.againBytes += weight;
                stream.again.add(new Again(nowNs, weight));
            }
        }
        long again = stream.againBytes;
        Checker.require(again <= boundBytes, () -> sent + ": over this connection in this term " + again
                + " bytes were sent again within " + STALL_NS / 1_000_000 + " ms, and " + boundBytes + " may be");
    }
}
