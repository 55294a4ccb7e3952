package io.driftless.raft;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Term and vote, and what must not leave before they are durable (R1). Confined to the core's owner.
 */
final class HardStateWrites {

    /** A message that waits for the write {@code writeId}. */
    private record Held(long writeId, long term, Effect.Send send) { }

    private record Write(long writeId, long issuedNs) { }

    /** While a write hangs, requests go on coming in, and each would leave an answer here. */
    static final int HELD_MAX = 1_024;

    private final Deque<Write> writes = new ArrayDeque<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private HardState current;

    HardStateWrites(HardState durable) {
        this.current = durable;
    }

    HardState current() {
        return current;
    }

    /** This is the hard state now, and its write is asked for. Writes nothing itself. */
    void request(long writeId, HardState state, long nowNs) {
        current = state;
        writes.add(new Write(writeId, nowNs));
    }

    /** Whether {@link #current()} is durable. */
    boolean isDurable() {
        return writes.isEmpty();
    }

    /** When the oldest write under way was issued; {@link Long#MAX_VALUE} if there is none. */
    long oldestWriteNs() {
        return writes.isEmpty() ? Long.MAX_VALUE : writes.peekFirst().issuedNs();
    }

    /** Sends at once if the hard state is durable, otherwise when it will be. */
    void sendDurably(Effect.Send send, Effects effects) {
        if (isDurable()) {
            effects.add(send);
        } else if (held.size() < HELD_MAX) {
            // Any message may be lost, and those that came first are what the others wait for.
            held.add(new Held(writes.peekLast().writeId(), current.currentTerm(), send));
        }
    }

    /** Lets go what waited for {@code writeId}; what was held back in an earlier term is dropped (R2). */
    void persisted(long writeId, Effects effects) {
        while (!writes.isEmpty() && writes.peekFirst().writeId() <= writeId) {
            writes.removeFirst();
        }
        while (!held.isEmpty() && held.peekFirst().writeId() <= writeId) {
            Held message = held.removeFirst();
            if (message.term() == current.currentTerm()) {
                effects.add(message.send());
            }
        }
    }

    /**
     * What would speak for this server in an election, or confirm that its leader leads, and waits, is never said: it
     * came into doubt (R18, R20).
     */
    void dropVoices() {
        held.removeIf(message -> switch (message.send().message()) {
            case Message.PreVote request -> true;
            case Message.PreVoteReply reply -> reply.voteGranted();
            case Message.RequestVote request -> true;
            case Message.RequestVoteReply reply -> reply.voteGranted();
            case Message.TimeoutNow request -> false;
            case Message.AppendEntries request -> false;
            case Message.ReadIndex request -> false;
            case Message.ReadIndexReply reply -> false;
            case Message.AppendEntriesReply reply -> reply.round() > 0;
            case Message.InstallSnapshot request -> false;
            case Message.InstallSnapshotReply reply -> false;
        });
    }

    /** What waits for a connection that is gone is dropped with it. */
    void disconnected(ServerId peer) {
        held.removeIf(message -> message.send().to().equals(peer));
    }
}
