package io.driftless.sim;

import io.driftless.raft.Message;

/**
 * Who votes, or asks for votes, has every committed entry that it ever counted as stored, also after a power cut took
 * it (R18): otherwise a leader could be elected without it.
 */
final class NothingLostVotes implements Checker {

    private final Universe universe;
    private final CommitDurability commits;
    private final LogMatching log;

    NothingLostVotes(Universe universe, CommitDurability commits, LogMatching log) {
        this.universe = universe;
        this.log = log;
        this.commits = commits;
    }

    @Override
    public String property() {
        return "no vote of a server that lacks what it acknowledged (R18)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Sent sent && isVoice(sent.message())) {
            DiskView view = universe.node(sent.from()).view();
            for (DiskView.Place lost : view.lost()) {
                boolean isCommitted = lost.index() <= commits.count() && commits.termAt(lost.index()) == lost.term();
                Checker.require(!isCommitted || log.holds(view, lost.index(), lost.term()), () -> sent
                        + ", and it has lost the committed entry " + lost);
            }
        }
    }

    private static boolean isVoice(Message message) {
        return switch (message) {
            case Message.PreVote request -> true;
            case Message.PreVoteReply reply -> reply.voteGranted();
            case Message.RequestVote request -> true;
            case Message.RequestVoteReply reply -> reply.voteGranted();
            case Message.TimeoutNow request -> false;
            case Message.ReadIndex request -> false;
            case Message.ReadIndexReply reply -> false;
            case Message.AppendEntries request -> false;
            case Message.AppendEntriesReply reply -> false;
            case Message.InstallSnapshot request -> false;
            case Message.InstallSnapshotReply reply -> false;
        };
    }
}
