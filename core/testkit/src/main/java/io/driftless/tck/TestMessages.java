package io.driftless.tck;

import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.raft.TermRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Messages of every kind for contract suites, with entries of a chosen size. */
public final class TestMessages {

    private static final ServerId SENDER = new ServerId("n1");

    private static final SnapshotId SNAPSHOT = new SnapshotId(17, 2, new UUID(0x0123_4567_89ab_4defL,
            0x8000_0000_0000_0001L), 0xcafe_f00d);

    private TestMessages() { }

    /** One message of each kind, none of them with entries. */
    public static List<Message> ofEachKind() {
        return List.of(new Message.PreVote(3, SENDER, 17, 2), new Message.PreVoteReply(2, 3, true),
                new Message.RequestVote(3, SENDER, 17, 2, true),
                new Message.RequestVoteReply(3, 3, false), heartbeat(17),
                new Message.AppendEntriesReply(3, 3, true, 17, 16, 0, 0, true, 0, 0),
                new Message.AppendEntriesReply(3, 3, false, 0, 16, 9, 2, false, 23, 0),
                new Message.InstallSnapshot(3, SENDER, SNAPSHOT, 1000, 0, 0, new Chunk(Bytes.utf8("boundary"))),
                chunk(2, 100),
                new Message.InstallSnapshotReply(3, 3, SNAPSHOT, 200, 800, true, 0),
                new Message.TimeoutNow(3, SENDER),
                new Message.ReadIndex(3, 5),
                new Message.ReadIndexReply(3, 5, 7));
    }

    /** An AppendEntries without entries whose prevLogIndex is {@code number}. */
    public static Message.AppendEntries heartbeat(long number) {
        return new Message.AppendEntries(3, SENDER, number, 3, TermRuns.empty(number + 1), number, 0, 0, 0,
                Content.NONE);
    }

    /** A part of a snapshot: number {@code number}, from 0 on, of {@code size} bytes, which follow from the number. */
    public static Message.InstallSnapshot chunk(long number, int size) {
        byte[] bytes = new byte[size];
        new Random(number).nextBytes(bytes);
        return new Message.InstallSnapshot(3, SENDER, SNAPSHOT, 1L << 50, number * size, size,
                new Chunk(Bytes.wrap(bytes)));
    }

    /**
     * An AppendEntries with {@code count} entries of {@code size} bytes, after prevLogIndex {@code number}. Its bytes
     * follow from {@code number}.
     */
    public static Message.AppendEntries entries(long number, int count, int size) {
        Random random = new Random(number);
        List<LogEntry> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            list.add(new LogEntry(number + 1 + i, 3, 1_000 + i, i % 2 == 0 ? EntryType.COMMAND : EntryType.SESSION, 7,
                    i, i / 2, Bytes.wrap(payload)));
        }
        return new Message.AppendEntries(3, SENDER, number, 3, TermRuns.of(number + 1, 3, count), number, number, 0, 0,
                new Entries(list));
    }
}
