package io.driftless.sim;

import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import java.util.Arrays;

/** Which rare branches of the protocol a run has reached, as they show themselves outside. Promises nothing. */
final class Coverage extends Marks {

    /** A branch that is rarely taken. */
    enum Mark {
        PRE_VOTE_REFUSED, VOTE_REFUSED, VOTE_REFUSED_BY_HIGHER_TERM, LEADER_DEPOSED_BY_REPLY, LEADER_RESIGNS,
        DISK_STUCK, LOG_OVERWRITTEN, COMMITTED_AFTER_EARLIER_TERM, REFUSED_FOR_A_GAP, REFUSED_FOR_A_TERM,
        STALE_APPEND_REFUSED, REPLY_OF_AN_EARLIER_TERM, ENTRIES_OF_SEVERAL_TERMS, ENTRIES_SENT_AGAIN,
        WRITE_UNDER_WAY, LEARNER_ACKNOWLEDGES, HARD_STATE_OVERTAKES, PRE_CANDIDATE_VOTES,
        HEARD_AN_EARLIER_BOOT, OUTCOME_UNKNOWN, NODE_CANNOT_GO_ON, COPIED_FOLDER_NOTICED,
        SESSION_EXPIRED, SESSION_RENEWED, SESSION_CLOSED, SESSIONS_RESTORED, OPENING_REPEATED, OPENING_REFUSED,
        DUPLICATE_ANSWERED, WAITER_JOINED, TOO_EARLY, RESULT_NOT_KEPT, LATE_COPY_REFUSED, GIVEN_UP_AND_PASSED,
        EXPIRED_WHILE_UNDER_WAY, ROOM_MADE_FOR_RESULTS, SNAPSHOT_TAKEN, SNAPSHOT_RESTORED, SNAPSHOT_CUT_SHORT,
        SNAPSHOT_SET_ASIDE, LOG_COMPACTED, SNAPSHOT_OFFERED, SNAPSHOT_RECEIVED, LOG_RESET, LOG_RESET_AT_A_START,
        SUFFIX_KEPT, RESTORED_WHILE_RUNNING, TRANSFER_RESUMED, TRANSFER_RESUMED_BY_ANOTHER_LEADER,
        TRANSFER_BEGUN_ANEW, SNAPSHOT_INSTEAD_OF_THE_LOG, SNAPSHOT_DROPPED, SNAPSHOT_NOT_RECEIVED, SOURCE_LOST,
        SNAPSHOT_ASKED_FOR, SNAPSHOT_ASKED_FOR_RECEIVED, TRANSFER_ASKED, TIMEOUT_NOW_SENT, TIMEOUT_NOW_OBEYED,
        LEADERSHIP_MOVED, TRANSFER_NOT_IN_TIME, TRANSFER_BUSY, PROPOSALS_HELD, PROPOSALS_HELD_AND_APPENDED,
        END_NOTICED, END_OF_A_LEADER_NOTICED, RESTART_OF_A_LEADER_NOTICED,
        READ_BY_LEADER, READ_BY_FOLLOWER, READ_BY_LEARNER, READ_REFUSED, READS_SHARE_A_ROUND, READ_BEFORE_THE_NO_OP,
        READ_WAITED_TO_BE_APPLIED, READ_ENDED_WITH_LEADERSHIP, READ_INDEX_ASKED_AGAIN, AT_LEAST_WAITED, STALE_WITH_AGE
    }

    private final Universe universe;
    private final String[] roles;
    private final long[] boots;
    /** Whom each server follows, and which boot of that one. */
    private final ServerId[] followed;
    private final long[] followedBoots;
    private final long[] lastSent;
    private final long[] terms;
    private final long[] lastWritten;
    /** Where the log was to end when the term changed, while a part was still to be written; 0: all was. */
    private final long[] overtaken;
    /** Whether a pre-candidate was asked for its vote in its own term. */
    private final boolean[] asked;

    Coverage(Universe universe) {
        int servers = universe.plan.servers();
        this.universe = universe;
        this.roles = new String[servers];
        this.boots = new long[servers];
        this.followed = new ServerId[servers];
        this.followedBoots = new long[servers];
        Arrays.fill(followed, ServerId.NONE);
        this.lastSent = new long[servers * servers];
        this.terms = new long[servers];
        this.lastWritten = new long[servers];
        this.overtaken = new long[servers];
        this.asked = new boolean[servers];
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Received received) {
            mark(Mark.HEARD_AN_EARLIER_BOOT, received.boot() < boots[received.from()]);
            received(received);
        } else if (happening instanceof Happening.Sent sent
                && sent.message() instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
            int link = sent.from() * roles.length + sent.to();
            mark(Mark.ENTRIES_SENT_AGAIN, append.prevLogIndex() < lastSent[link]);
            mark(Mark.ENTRIES_OF_SEVERAL_TERMS, append.entries().runs().size() > 1);
            lastSent[link] = append.lastIndex();
        } else if (happening instanceof Happening.NoticedEnd noticed) {
            mark(Mark.END_NOTICED, true);
            mark(Mark.END_OF_A_LEADER_NOTICED, follows(noticed.node(), noticed.peer()));
        } else if (happening instanceof Happening.Connected connected) {
            mark(Mark.RESTART_OF_A_LEADER_NOTICED, follows(connected.node(), connected.peer())
                    && connected.boot() > followedBoots[connected.node()]);
        } else if (happening instanceof Happening.Started started) {
            boots[started.node()] = started.boot();
            roles[started.node()] = "";
            overtaken[started.node()] = 0;
        } else if (happening instanceof Happening.Ended ended) {
            mark(Mark.NODE_CANNOT_GO_ON, ended.how().startsWith("cannot"));
        } else if (happening instanceof Happening.LogWritten log) {
            mark(Mark.LOG_OVERWRITTEN, log.overwrite());
            lastWritten[log.node()] = log.entries().getLast().index();
        } else if (happening instanceof Happening.LogSynced synced) {
            lastWritten[synced.node()] = synced.lastIndex();
        } else if (happening instanceof Happening.StateWritten state) {
            mark(Mark.HARD_STATE_OVERTAKES, state.state().currentTerm() == terms[state.node()]
                    && lastWritten[state.node()] < overtaken[state.node()]);
        } else if (happening instanceof Happening.Applied applied) {
            Life life = universe.node(applied.node()).life();
            mark(Mark.COMMITTED_AFTER_EARLIER_TERM, life != null && life.status() != null
                    && applied.term() < life.status().term());
        } else if (happening instanceof Happening.Looked looked) {
            String role = looked.status().role();
            mark(Mark.PRE_CANDIDATE_VOTES, asked[looked.node()] && role.equals("follower")
                    && looked.status().term() == terms[looked.node()] && looked.status().leaderId().isNone());
            asked[looked.node()] = false;
            if (looked.status().term() != terms[looked.node()]) {
                terms[looked.node()] = looked.status().term();
                overtaken[looked.node()] = looked.status().last() > lastWritten[looked.node()] ? looked.status().last()
                        : 0;
            }
            mark(Mark.LEADER_RESIGNS, "leader".equals(roles[looked.node()]) && !role.equals("leader"));
            mark(Mark.COPIED_FOLDER_NOTICED, looked.status().inDoubt() && universe.node(looked.node()).disk()
                    .isPutBack());
            mark(Mark.DISK_STUCK, looked.status().blocked().equals("disk stuck"));
            roles[looked.node()] = role;
            ServerId leader = looked.status().leaderId();
            if (!leader.equals(followed[looked.node()])) {
                followed[looked.node()] = leader;
                followedBoots[looked.node()] = leader.isNone() ? 0 : boots[universe.numberOf(leader)];
            }
        } else if (happening instanceof Happening.GaveUp gaveUp) {
            mark(Mark.OUTCOME_UNKNOWN, !gaveUp.isKnown());
        }
    }

    private boolean follows(int node, int peer) {
        Life life = universe.node(node).life();
        return life != null && life.status() != null && life.status().role().equals("follower")
                && life.status().leaderId().equals(universe.node(peer).id);
    }

    private void received(Happening.Received received) {
        switch (received.message()) {
            case Message.PreVoteReply reply -> mark(Mark.PRE_VOTE_REFUSED, !reply.voteGranted());
            case Message.RequestVoteReply reply -> {
                mark(Mark.VOTE_REFUSED, !reply.voteGranted());
                mark(Mark.VOTE_REFUSED_BY_HIGHER_TERM, reply.term() > reply.requestTerm());
            }
            case Message.AppendEntriesReply reply -> {
                boolean isOld = reply.term() > reply.requestTerm();
                mark(Mark.STALE_APPEND_REFUSED, isOld);
                mark(Mark.LEADER_DEPOSED_BY_REPLY, isOld && "leader".equals(roles[received.to()]));
                mark(Mark.REFUSED_FOR_A_GAP, !reply.success() && !isOld && reply.conflictTerm() == 0);
                mark(Mark.REFUSED_FOR_A_TERM, !reply.success() && reply.conflictTerm() > 0);
                mark(Mark.WRITE_UNDER_WAY, reply.writeUnderWay());
                Life life = universe.node(received.to()).life();
                mark(Mark.REPLY_OF_AN_EARLIER_TERM, life != null && life.status() != null
                        && reply.requestTerm() < life.status().term());
                mark(Mark.LEARNER_ACKNOWLEDGES, reply.success()
                        && (universe.plan.knob(Knob.LEARNERS) >> received.from() & 1) == 1);
            }
            case Message.PreVote other -> { }
            case Message.RequestVote request -> asked[received.to()] |= "pre_candidate".equals(roles[received.to()])
                    && request.term() == terms[received.to()];
            case Message.TimeoutNow other -> { }
            case Message.ReadIndex other -> { }
            case Message.ReadIndexReply other -> { }
            case Message.AppendEntries other -> { }
            case Message.InstallSnapshot other -> { }
            case Message.InstallSnapshotReply other -> { }
        }
    }
}
