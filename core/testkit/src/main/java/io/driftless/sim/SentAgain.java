package io.driftless.sim;

import io.driftless.raft.Content;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import java.util.BitSet;

/**
 * A peer is sent what it lacks, and little of what it has (R13): over one connection in one term at most a window and a
 * batch again at its beginning, and once more for each electionTimeoutMin, as what is taken for lost then is sent from
 * matchIndex + 1. Counts the bytes that are sent, and those that are sent again.
 */
final class SentAgain implements Checker {

    /** The shortest election timeout, by a clock that may run fast and jump a little. */
    private static final long STALL_NS = 250_000_000;

    /** What went over the present connection in one term. */
    private static final class Stream {
        long term;
        long sinceNs;
        /** The indexes that were sent; what is refused has been sent too. */
        final BitSet sent = new BitSet();
        long againBytes;
    }

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
            stream.sinceNs = nowNs;
        }
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
            }
        }
        long again = stream.againBytes;
        long bound = boundBytes * (1 + (nowNs - stream.sinceNs) / STALL_NS);
        Checker.require(again <= bound, () -> sent + ": of what was sent over this connection in this term " + again
                + " bytes were sent again, and " + bound + " may be");
    }
}
