package io.driftless.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Effects and messages as one line each, with every field: what rule tests assert and transcripts print. An entry is
 * written {@code index@term}.
 */
final class Text {

    private Text() { }

    static List<String> of(List<Effect> effects) {
        return effects.stream().map(Text::of).toList();
    }

    static String of(Effect effect) {
        return switch (effect) {
            case Effect.Send send -> "send " + send.to() + " " + send.lane().name().toLowerCase(Locale.ROOT) + " "
                    + of(send.message());
            case Effect.Append append -> (append.overwrite() ? "overwrite w" : "append w") + append.writeId() + " "
                    + of(append.terms()) + " "
                    + append.kind().name().toLowerCase(Locale.ROOT) + words(append.content(), append.terms().count());
            case Effect.PersistHardState persist -> "persist w" + persist.writeId() + " " + of(persist.state());
            case Effect.NoteDoubt doubt -> "doubt w" + doubt.writeId() + " boots to " + doubt.bootSeen() + ": "
                    + doubt.detail();
            case Effect.SettleDoubt settle -> "settle: " + settle.detail();
            case Effect.PersistFormation persist -> "persist formation " + persist.formation().configuration();
            case Effect.Apply apply -> "apply " + apply.upToIndex();
            case Effect.RoleChanged changed -> "role " + changed.role() + " term " + changed.term() + " leader "
                    + changed.leaderId() + ": "
                    + changed.reason();
            case Effect.ProposalsRejected rejected -> "rejected [" + rejected.commands() + "] leader "
                    + rejected.leaderId();
            case Effect.ProposalsUnknown unknown -> "unknown from " + unknown.fromIndex();
            case Effect.ReadConfirmed read -> "read " + read.id() + " at " + read.index();
            case Effect.ReadRefused read -> "read " + read.id() + " refused, leader " + read.leaderId();
            case Effect.HoldProposals hold -> hold.isHeld() ? "hold proposals" : "let go of proposals";
            case Effect.TransferEnded ended -> "transfer " + ended.id() + " to " + ended.target() + ": " + ended.end()
                    + (ended.detail().isEmpty() ? "" : ", " + ended.detail());
            case Effect.BeginSnapshot begin -> "begin snapshot " + of(begin.snapshot()) + " of " + begin.size();
            case Effect.WriteChunk chunk -> "write chunk " + of(chunk.snapshot()) + " from " + chunk.offset()
                    + (chunk.isLast() ? " last" : "");
            case Effect.DropSnapshot drop -> "drop snapshot";
            case Effect.CommittedInEra committed -> "committed in era " + committed.era();
            case Effect.DiscardSnapshot discard -> "discard " + of(discard.snapshot());
            case Effect.RestoreMachine restore -> "restore " + of(restore.snapshot());
            case Effect.TakeSnapshot take -> "take snapshot";
            case Effect.HoldSnapshot hold -> hold.isHeld() ? "hold snapshot" : "let go of snapshot";
            case Effect.ResetLog reset -> "reset log w" + reset.writeId() + " " + reset.index() + "@" + reset.term();
            case Effect.CompactLog compact -> "compact log " + compact.upToIndex();
            case Effect.Report report -> "report " + report.detail();
            case Effect.Fail fail -> "fail " + fail.failure() + ": " + fail.detail();
        };
    }

    private static String words(Content content, long count) {
        if (!(content instanceof Words words)) {
            return "";
        }
        return " [" + String.join(" ", words.list().subList(Math.toIntExact(words.count() - count), words.count()))
                + "]";
    }

    static String of(HardState state) {
        return "term " + state.currentTerm() + " vote " + state.votedFor();
    }

    static String of(Message message) {
        return switch (message) {
            case Message.PreVote m -> "PreVote(" + m.candidateId() + " term " + m.term() + " last " + m.lastLogIndex()
                    + "@" + m.lastLogTerm() + ")";
            case Message.PreVoteReply m -> "PreVoteReply(term " + m.term() + " of " + m.requestTerm()
                    + granted(m.voteGranted()) + ")";
            case Message.RequestVote m -> "RequestVote(" + m.candidateId() + " term " + m.term() + " last "
                    + m.lastLogIndex() + "@"
                    + m.lastLogTerm() + (m.leadershipTransfer() ? " transfer" : "") + ")";
            case Message.RequestVoteReply m -> "RequestVoteReply(term " + m.term() + " of " + m.requestTerm()
                    + granted(m.voteGranted()) + ")";
            case Message.TimeoutNow m -> "TimeoutNow(" + m.leaderId() + " term " + m.term() + ")";
            case Message.ReadIndex m -> "ReadIndex(term " + m.term() + " id " + m.id() + ")";
            case Message.ReadIndexReply m -> "ReadIndexReply(term " + m.term() + " id " + m.id() + " index "
                    + m.index() + ")";
            case Message.AppendEntries m -> "AppendEntries(" + m.leaderId() + " term " + m.term() + " prev "
                    + m.prevLogIndex() + "@"
                    + m.prevLogTerm() + " entries " + of(m.entries()) + " commit " + m.leaderCommit()
                    + " acknowledged " + m.acknowledgedIndex()
                    + (m.catchUpIndex() > 0 ? " catch up " + m.catchUpIndex() : "")
                    + (m.round() > 0 ? " round " + m.round() : "") + ")";
            case Message.AppendEntriesReply m -> "AppendEntriesReply(term " + m.term() + " of " + m.requestTerm()
                    + (m.success() ? " match " + m.matchIndex() + " prev " + m.prevLogIndex()
                            : " refused prev " + m.prevLogIndex() + " conflict " + m.conflictIndex() + "@"
                            + m.conflictTerm())
                    + (m.writeUnderWay() ? " writing" : "")
                    + (m.snapshotNeeded() > 0 ? " needs snapshot " + m.snapshotNeeded() : "")
                    + (m.round() > 0 ? " round " + m.round() : "") + ")";
            case Message.InstallSnapshot m -> "InstallSnapshot(" + m.leaderId() + " term " + m.term() + " "
                    + of(m.snapshot()) + (m.isOffer() ? " offer" : " from " + m.offset() + " length " + m.length())
                    + " of " + m.size() + ")";
            case Message.InstallSnapshotReply m -> "InstallSnapshotReply(term " + m.term() + " of " + m.requestTerm()
                    + " " + of(m.snapshot()) + " offset " + m.offset() + " window " + m.window()
                    + (m.isResumed() ? " resumed" : "") + (m.matchIndex() > 0 ? " match " + m.matchIndex() : "") + ")";
        };
    }

    static String of(SnapshotId snapshot) {
        return "s" + snapshot.index() + "@" + snapshot.term();
    }

    private static String granted(boolean granted) {
        return granted ? " granted" : " refused";
    }

    static String of(TermRuns terms) {
        List<String> parts = new ArrayList<>();
        long first = terms.firstIndex();
        for (TermRuns.Run run : terms.runs()) {
            long last = first + run.count() - 1;
            parts.add((first == last ? first : first + ".." + last) + "@" + run.term());
            first = last + 1;
        }
        return parts.isEmpty() ? "none" : String.join(",", parts);
    }
}
