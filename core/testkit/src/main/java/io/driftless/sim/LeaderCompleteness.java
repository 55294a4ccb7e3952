package io.driftless.sim;

import io.driftless.raft.Message;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Leader completeness (Raft figure 3, §5.4): what is committed in a term is in the logs of the leaders of all later
 * terms. A leader's log is known by the first entry before those that it sends.
 */
final class LeaderCompleteness implements Checker {

    private record Tail(int node, long index, long term) { }

    private final CommitDurability commits;
    private final LogMatching log;
    /** The end of each leader's log when it was first heard, by term. */
    private final SortedMap<Long, Tail> tails = new TreeMap<>();
    private long checked;

    LeaderCompleteness(CommitDurability commits, LogMatching log) {
        this.commits = commits;
        this.log = log;
    }

    @Override
    public String property() {
        return "leader completeness (Raft §5.4)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Sent sent && sent.message() instanceof Message.AppendEntries append
                && !tails.containsKey(append.term())) {
            Tail tail = new Tail(sent.from(), append.prevLogIndex(), append.prevLogTerm());
            tails.put(append.term(), tail);
            check(append.term(), tail, commits.countBefore(append.term()));
        } else if (happening instanceof Happening.Looked looked && looked.status().role().equals("leader")) {
            long owed = commits.countBefore(looked.status().term());
            Checker.require(looked.status().last() >= owed, () -> "server " + looked.node() + " leads term "
                    + looked.status().term() + " with " + looked.status().last() + " entries, and " + owed
                    + " are committed");
        }
        for (; checked < commits.count(); checked++) {
            long index = checked + 1;
            tails.tailMap(commits.leaderTermAt(index) + 1).forEach((term, tail) -> check(term, tail, index));
        }
    }

    private void check(long leaderTerm, Tail tail, long owed) {
        long index = Math.min(owed, tail.index());
        if (index > 0) {
            long found = log.termBelow(tail.index(), tail.term(), index);
            Checker.require(found < 0 || found == commits.termAt(index), () -> "server " + tail.node()
                    + " leads term " + leaderTerm + " and has an entry of term " + found + " at " + index
                    + ", where one of term " + commits.termAt(index) + " is committed");
        }
    }
}
