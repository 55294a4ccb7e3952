package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The commit rule (Raft §5.3, §5.4.2; R5): when an index is first committed anywhere, its entry is durable on a quorum
 * of the configuration in force, both halves of a joint one, and it is of the committing leader's own term. Keeps what
 * is committed for the other checkers.
 */
final class CommitDurability implements Checker {

    private final Universe universe;
    private final LogMatching log;
    /** Terms of committed entries, and of the leaders that committed them. */
    private final List<Long> terms = new ArrayList<>();
    private final List<Long> leaderTerms = new ArrayList<>();
    /** The term in which a server was last seen leading in its present boot; 0 if it was not when last seen. */
    private final long[] ledIn;

    CommitDurability(Universe universe, LogMatching log) {
        this.universe = universe;
        this.log = log;
        this.ledIn = new long[universe.plan.servers()];
    }

    @Override
    public String property() {
        return "commit rule (Raft §5.3, §5.4.2)";
    }

    @Override
    public void saw(Happening happening) {
        switch (happening) {
            case Happening.Looked looked -> looked(looked.node(), looked.status());
            case Happening.Sent sent when sent.message() instanceof Message.AppendEntries append
                    && append.leaderCommit() > terms.size() -> {
                if (sent.lane() == Lane.DATA) {
                    leaderCommits(sent.from(), append.leaderCommit(), append.term());
                } else {
                    messageCommits(sent.from(), append.leaderCommit(), append.term());
                }
            }
            case Happening.Applied applied when applied.index() > terms.size() ->
                    // Whoever commits for others may apply entries of earlier terms before it is looked at.
                    commits(applied.node(), applied.index(), applied.term(), universe.node(applied.node()).view()
                            .hardState().currentTerm());
            case Happening.Started started -> ledIn[started.node()] = 0;
            case Happening.Sent other -> { }
            case Happening.Applied other -> { }
            case Happening.Ended other -> { }
            case Happening.Struck other -> { }
            case Happening.Connected other -> { }
            case Happening.NoticedEnd other -> { }
            case Happening.Received other -> { }
            case Happening.LogWritten other -> { }
            case Happening.LogSynced other -> { }
            case Happening.StateWritten other -> { }
            case Happening.PutBack other -> { }
            case Happening.SnapshotStep other -> { }
            case Happening.LogReset other -> { }
            case Happening.LogCompacted other -> { }
            case Happening.SnapshotRestored other -> { }
            case Happening.Asked other -> { }
            case Happening.Told other -> { }
            case Happening.TableSeen other -> { }
            case Happening.Invoked other -> { }
            case Happening.Rejected other -> { }
            case Happening.Committed other -> { }
            case Happening.GaveUp other -> { }
            case Happening.Reached other -> { }
            case Happening.Answered other -> { }
            case Happening.QueryReached other -> { }
            case Happening.QueryTold other -> { }
            case Happening.ReadTold other -> { }
            case Happening.TransferAsked other -> { }
            case Happening.TransferTold other -> { }
        }
    }

    private void looked(int node, CoreStatus status) {
        boolean leads = status.role().equals("leader");
        if (status.commit() > terms.size()) {
            // One that has stepped down since may have committed before it did.
            long term = leads ? status.term() : ledIn[node];
            Checker.require(term > 0, () -> "server " + node + " takes " + status.commit()
                    + " for committed, and no leader has committed it: " + status);
            leaderCommits(node, status.commit(), term);
        }
        ledIn[node] = leads ? status.term() : 0;
    }

    private void leaderCommits(int node, long index, long term) {
        commits(node, index, term, term);
    }

    /** A heartbeat names less than what the leader has committed, and the entry there may be older. */
    private void messageCommits(int node, long index, long leaderTerm) {
        long term = universe.node(node).view().termAt(index);
        for (int other = 0; !isDurable(index, term) && other < universe.plan.servers(); other++) {
            term = universe.node(other).view().termAt(index);
        }
        commits(node, index, term, leaderTerm);
    }

    private void commits(int node, long index, long term, long leaderTerm) {
        Checker.require(isDurable(index, term),
                () -> "server " + node + " commits " + index + " in term " + leaderTerm
                        + ", and no quorum has an entry of term " + term + " there durably: " + durableAt(index));
        int known = terms.size();
        for (long at = index; at > known; at--) {
            terms.add(known, log.termBelow(index, term, at));
            leaderTerms.add(leaderTerm);
        }
        Checker.require(known == 0 || log.termBelow(index, term, known) == terms.get(known - 1),
                () -> "server " + node + " commits " + index + " of term " + term
                        + ", and its log differs from what is committed at " + known);
    }

    private boolean isDurable(long index, long term) {
        return universe.isQuorum(node -> {
            DiskView view = universe.node(node).formedView();
            return log.holds(view, index, term) || view.lost().contains(new DiskView.Place(index, term));
        });
    }

    private String durableAt(long index) {
        StringBuilder text = new StringBuilder();
        for (int node = 0; node < universe.plan.servers(); node++) {
            DiskView view = universe.node(node).view();
            text.append(' ').append(SimulatedNode.nameOf(node)).append(": term ").append(view.termAt(index))
                    .append(" behind ").append(view.covering());
        }
        return text.toString();
    }

    /** The committed entries. */
    CommittedLog log() {
        return new CommittedLog() {
            @Override
            public long count() {
                return CommitDurability.this.count();
            }

            @Override
            public LogEntry entry(long index) {
                return Objects.requireNonNull(log.entry(index, termAt(index)), "nobody has a committed entry");
            }
        };
    }

    /** How many entries are committed. */
    long count() {
        return terms.size();
    }

    long termAt(long index) {
        return terms.get(Math.toIntExact(index - 1));
    }

    /** How many were committed by leaders of terms below {@code term}. */
    long countBefore(long term) {
        int count = leaderTerms.size();
        while (count > 0 && leaderTerms.get(count - 1) >= term) {
            count--;
        }
        return count;
    }

    /** The term of the leader that committed the entry. */
    long leaderTermAt(long index) {
        return leaderTerms.get(Math.toIntExact(index - 1));
    }
}
