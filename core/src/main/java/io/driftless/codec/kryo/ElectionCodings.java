package io.driftless.codec.kryo;

import io.driftless.raft.Message.PreVote;
import io.driftless.raft.Message.PreVoteReply;
import io.driftless.raft.Message.RequestVote;
import io.driftless.raft.Message.RequestVoteReply;
import io.driftless.raft.Message.TimeoutNow;

/** The messages of an election. */
final class ElectionCodings {

    private ElectionCodings() { }

    static final class OfPreVote extends Coding<PreVote> {
        @Override
        void write(FieldOutput output, PreVote value) {
            output.number(value.term());
            output.server(value.candidateId());
            output.number(value.lastLogIndex());
            output.number(value.lastLogTerm());
        }

        @Override
        PreVote read(FieldInput input) {
            return new PreVote(input.number(), input.server(), input.number(), input.number());
        }
    }

    static final class OfPreVoteReply extends Coding<PreVoteReply> {
        @Override
        void write(FieldOutput output, PreVoteReply value) {
            output.number(value.term());
            output.number(value.requestTerm());
            output.flag(value.voteGranted());
        }

        @Override
        PreVoteReply read(FieldInput input) {
            return new PreVoteReply(input.number(), input.number(), input.flag());
        }
    }

    static final class OfRequestVote extends Coding<RequestVote> {
        @Override
        void write(FieldOutput output, RequestVote value) {
            output.number(value.term());
            output.server(value.candidateId());
            output.number(value.lastLogIndex());
            output.number(value.lastLogTerm());
            output.flag(value.leadershipTransfer());
        }

        @Override
        RequestVote read(FieldInput input) {
            return new RequestVote(input.number(), input.server(), input.number(), input.number(), input.flag());
        }
    }

    static final class OfRequestVoteReply extends Coding<RequestVoteReply> {
        @Override
        void write(FieldOutput output, RequestVoteReply value) {
            output.number(value.term());
            output.number(value.requestTerm());
            output.flag(value.voteGranted());
        }

        @Override
        RequestVoteReply read(FieldInput input) {
            return new RequestVoteReply(input.number(), input.number(), input.flag());
        }
    }

    static final class OfTimeoutNow extends Coding<TimeoutNow> {
        @Override
        void write(FieldOutput output, TimeoutNow value) {
            output.number(value.term());
            output.server(value.leaderId());
        }

        @Override
        TimeoutNow read(FieldInput input) {
            return new TimeoutNow(input.number(), input.server());
        }
    }
}
