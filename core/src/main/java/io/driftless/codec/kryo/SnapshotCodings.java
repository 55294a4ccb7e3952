package io.driftless.codec.kryo;

import io.driftless.codec.ChunkContent;
import io.driftless.log.Chunk;
import io.driftless.raft.Message.InstallSnapshot;
import io.driftless.raft.Message.InstallSnapshotReply;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import java.util.UUID;

/** The messages by which a snapshot is sent. */
final class SnapshotCodings {

    private SnapshotCodings() { }

    static final class OfInstallSnapshot extends Coding<InstallSnapshot> {
        @Override
        void write(FieldOutput output, InstallSnapshot value) {
            int bytes = ChunkContent.of(value).length();
            output.number(value.term());
            output.server(value.leaderId());
            snapshot(output, value.snapshot());
            output.number(value.size());
            output.number(value.offset());
            output.number(value.length());
            output.number(bytes);
        }

        @Override
        InstallSnapshot read(FieldInput input) {
            long term = input.number();
            ServerId leader = input.server();
            SnapshotId snapshot = snapshot(input);
            long size = input.number();
            long offset = input.number();
            int length = input.smallNumber(Integer.MAX_VALUE);
            InstallSnapshot message = new InstallSnapshot(term, leader, snapshot, size, offset, length,
                    new Chunk(input.payload()));
            ChunkContent.of(message);
            return message;
        }
    }

    static final class OfInstallSnapshotReply extends Coding<InstallSnapshotReply> {
        @Override
        void write(FieldOutput output, InstallSnapshotReply value) {
            output.number(value.term());
            output.number(value.requestTerm());
            snapshot(output, value.snapshot());
            output.number(value.offset());
            output.number(value.window());
            output.flag(value.isResumed());
            output.number(value.matchIndex());
        }

        @Override
        InstallSnapshotReply read(FieldInput input) {
            return new InstallSnapshotReply(input.number(), input.number(), snapshot(input), input.number(),
                    input.number(), input.flag(), input.number());
        }
    }

    private static void snapshot(FieldOutput output, SnapshotId id) {
        output.number(id.index());
        output.number(id.term());
        output.writeLong(id.creator().getMostSignificantBits());
        output.writeLong(id.creator().getLeastSignificantBits());
        output.writeInt(id.checksum());
    }

    private static SnapshotId snapshot(FieldInput input) {
        return new SnapshotId(input.number(), input.number(), new UUID(input.readLong(), input.readLong()),
                input.readInt());
    }
}
