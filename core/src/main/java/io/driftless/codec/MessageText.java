package io.driftless.codec;

import io.driftless.log.Entries;
import io.driftless.log.LogEntry;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Content;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.AppendEntriesReply;
import io.driftless.raft.Message.InstallSnapshot;
import io.driftless.raft.Message.InstallSnapshotReply;
import io.driftless.raft.Message.PreVote;
import io.driftless.raft.Message.PreVoteReply;
import io.driftless.raft.Message.ReadIndex;
import io.driftless.raft.Message.ReadIndexReply;
import io.driftless.raft.Message.RequestVote;
import io.driftless.raft.Message.RequestVoteReply;
import io.driftless.raft.Message.TimeoutNow;
import io.driftless.raft.Message;
import io.driftless.raft.TermRuns;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes messages and record bodies in one line for a person. {@code log dump}, traces and transcripts print these
 * lines. Places in the log are written {@code (index,term)}, runs of terms {@code termxcount}, and payloads as their
 * length. The lines are compared with golden files, so they change deliberately or not at all. No state.
 */
public final class MessageText {

    private static final int PAYLOADS_LISTED_MAX = 8;

    private MessageText() { }

    /** The message in one line, without a line break. */
    public static String of(Message message) {
        return switch (message) {
            case PreVote m -> "PreVote term=" + m.term() + " candidate=" + m.candidateId() + " last="
                    + place(m.lastLogIndex(), m.lastLogTerm());
            case PreVoteReply m -> "PreVoteReply term=" + m.term() + " requestTerm=" + m.requestTerm() + " granted="
                    + m.voteGranted();
            case RequestVote m -> "RequestVote term=" + m.term() + " candidate=" + m.candidateId() + " last="
                    + place(m.lastLogIndex(), m.lastLogTerm()) + (m.leadershipTransfer() ? " leadershipTransfer" : "");
            case RequestVoteReply m -> "RequestVoteReply term=" + m.term() + " requestTerm=" + m.requestTerm()
                    + " granted=" + m.voteGranted();
            case TimeoutNow m -> "TimeoutNow term=" + m.term() + " leader=" + m.leaderId();
            case ReadIndex m -> "ReadIndex term=" + m.term() + " id=" + m.id();
            case ReadIndexReply m -> "ReadIndexReply term=" + m.term() + " id=" + m.id() + " index=" + m.index();
            case AppendEntries m -> "AppendEntries term=" + m.term() + " leader=" + m.leaderId() + " prev="
                    + place(m.prevLogIndex(), m.prevLogTerm()) + entries(m.entries()) + " commit=" + m.leaderCommit()
                    + " acknowledged="
                    + m.acknowledgedIndex() + (m.catchUpIndex() > 0 ? " catchUp=" + m.catchUpIndex() : "")
                    + (m.round() > 0 ? " round=" + m.round() : "")
                    + content(m.content());
            case AppendEntriesReply m -> "AppendEntriesReply term=" + m.term() + " requestTerm=" + m.requestTerm()
                    + " prev=" + m.prevLogIndex()
                    + (m.success() ? " success match=" + m.matchIndex() : " refused conflict="
                    + place(m.conflictIndex(), m.conflictTerm()))
                    + (m.writeUnderWay() ? " writeUnderWay" : "")
                    + (m.snapshotNeeded() > 0 ? " snapshotNeeded=" + m.snapshotNeeded() : "")
                    + (m.round() > 0 ? " round=" + m.round() : "");
            case InstallSnapshot m -> "InstallSnapshot term=" + m.term() + " leader=" + m.leaderId() + " snapshot="
                    + m.snapshot() + " size=" + m.size() + (m.isOffer() ? " offer"
                    : " offset=" + m.offset() + " length=" + m.length() + (m.done() ? " done" : ""));
            case InstallSnapshotReply m -> "InstallSnapshotReply term=" + m.term() + " requestTerm=" + m.requestTerm()
                    + " snapshot=" + m.snapshot() + " offset=" + m.offset() + " window=" + m.window()
                    + (m.isResumed() ? " resumed" : "")
                    + (m.matchIndex() > 0 ? " match=" + m.matchIndex() : "");
        };
    }

    /** The record body in one line, without a line break. */
    public static String of(RecordBody body) {
        return switch (body) {
            case RecordBody.ConfigurationBody b -> configuration(b.cluster());
            case RecordBody.SessionOpening b -> "SessionOpening nonce=" + b.nonce() + " timeoutMs=" + b.timeoutMs()
                    + " window=" + b.window() + " resultBytesMax=" + b.resultBytesMax() + " sessionsMax="
                    + b.sessionsMax() + " allResultsMax=" + b.allResultsMax();
            case RecordBody.SessionClosing b -> "SessionClosing session=" + b.session();
            case RecordBody.SessionsRenewal b -> "SessionsRenewal lowestWanted=" + b.lowestWanted();
        };
    }

    private static String configuration(ClusterConfiguration cluster) {
        Configuration configuration = cluster.configuration();
        return "Configuration generation=" + cluster.generation() + " voters=" + configuration.voters()
                + (configuration.isJoint() ? " outgoing=" + configuration.outgoing() : "")
                + (configuration.learners().isEmpty() ? "" : " learners=" + configuration.learners())
                + (configuration.learnersNext().isEmpty() ? "" : " learnersNext=" + configuration.learnersNext())
                + " members=" + cluster.members().entrySet().stream().map(member -> member.getKey() + " at "
                + member.getValue().address() + " incarnation=" + member.getValue().incarnation() + " priority="
                + member.getValue().priority()).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String place(long index, long term) {
        return "(" + index + "," + term + ")";
    }

    private static String entries(TermRuns terms) {
        if (terms.isEmpty()) {
            return " entries=none";
        }
        return " entries=" + terms.firstIndex() + ".." + terms.lastIndex() + " terms="
                + terms.runs().stream().map(run -> run.term() + "x" + run.count()).collect(Collectors.joining(",", "[",
                "]"));
    }

    private static String content(Content content) {
        if (!(content instanceof Entries entries) || entries.list().isEmpty()) {
            return "";
        }
        List<LogEntry> list = entries.list();
        String lengths = list.stream().limit(PAYLOADS_LISTED_MAX).map(entry -> Integer.toString(entry.payload()
                .length()))
                .collect(Collectors.joining(","));
        if (list.size() <= PAYLOADS_LISTED_MAX) {
            return " payloads=[" + lengths + "]";
        }
        long sum = list.stream().mapToLong(entry -> entry.payload().length()).sum();
        return " payloads=[" + lengths + ",...] of " + sum + " bytes";
    }
}
