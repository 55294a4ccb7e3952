package io.driftless.codec.kryo;

import io.driftless.raft.Message.ReadIndex;
import io.driftless.raft.Message.ReadIndexReply;

/** The messages by which a follower asks its leader what it may read. */
final class ReadCodings {

    private ReadCodings() { }

    static final class OfReadIndex extends Coding<ReadIndex> {
        @Override
        void write(FieldOutput output, ReadIndex value) {
            output.number(value.term());
            output.number(value.id());
        }

        @Override
        ReadIndex read(FieldInput input) {
            return new ReadIndex(input.number(), input.number());
        }
    }

    static final class OfReadIndexReply extends Coding<ReadIndexReply> {
        @Override
        void write(FieldOutput output, ReadIndexReply value) {
            output.number(value.term());
            output.number(value.id());
            output.number(value.index());
        }

        @Override
        ReadIndexReply read(FieldInput input) {
            return new ReadIndexReply(input.number(), input.number(), input.number());
        }
    }
}
