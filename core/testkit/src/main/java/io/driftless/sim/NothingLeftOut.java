package io.driftless.sim;

import io.driftless.raft.CoreStatus;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;

/**
 * What a leader sends over one connection has no gap: entries follow on what it has sent or asked for there before
 * (R13). A message that its driver dropped would be missed only when the next one is refused.
 */
final class NothingLeftOut implements Checker {

    private final Universe universe;
    private final long[][] terms;
    private final long[][] lastIndexes;

    NothingLeftOut(Universe universe) {
        int servers = universe.plan.servers();
        this.universe = universe;
        this.terms = new long[servers][servers];
        this.lastIndexes = new long[servers][servers];
    }

    @Override
    public String property() {
        return "a lane leaves nothing out (R13)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Connected now) {
            terms[now.node()][now.peer()] = 0;
        } else if (happening instanceof Happening.Sent sent && sent.lane() == Lane.DATA
                && sent.message() instanceof Message.AppendEntries append) {
            boolean isFirst = terms[sent.from()][sent.to()] != append.term();
            long last = lastIndexes[sent.from()][sent.to()];
            // What went over an earlier connection may be acknowledged over this one; and a leader of the past may have
            // lost what it had promised to send. What its log has forgotten since nobody can send: the next message is
            // refused then, and a snapshot follows (R31).
            Checker.require(isFirst || append.entries().isEmpty()
                    || append.prevLogIndex() <= Math.max(last, append.acknowledgedIndex())
                    || last < universe.node(sent.from()).view().boundary()
                    || !stillLeads(sent.from(), append.term()), () -> sent + " follows on " + last);
            terms[sent.from()][sent.to()] = append.term();
            lastIndexes[sent.from()][sent.to()] = isFirst ? append.lastIndex() : Math.max(last, append.lastIndex());
        }
    }

    private boolean stillLeads(int node, long term) {
        Life life = universe.node(node).life();
        CoreStatus status = life == null ? null : life.status();
        return status != null && status.term() == term && status.role().equals("leader");
    }
}
