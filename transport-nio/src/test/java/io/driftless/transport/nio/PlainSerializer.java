package io.driftless.transport.nio;

import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.errors.MalformedException;
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
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A serializer for tests of the transport: every message as longs, in order. */
final class PlainSerializer implements Serializer {

    private final int version;

    PlainSerializer(int version) {
        this.version = version;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public int id() {
        return 100;
    }

    @Override
    public int encode(Message message, MutableDirectBuffer buffer, int offset) {
        List<Long> fields = new ArrayList<>();
        String name = "";
        switch (message) {
            case Message.PreVote m -> {
                fields.addAll(List.of(1L, m.term(), m.lastLogIndex(), m.lastLogTerm()));
                name = m.candidateId().value();
            }
            case Message.PreVoteReply m -> fields.addAll(List.of(2L, m.term(), m.requestTerm(), flag(m.voteGranted())));
            case Message.RequestVote m -> {
                fields.addAll(List.of(3L, m.term(), m.lastLogIndex(), m.lastLogTerm(), flag(m.leadershipTransfer())));
                name = m.candidateId().value();
            }
            case Message.RequestVoteReply m ->
                    fields.addAll(List.of(4L, m.term(), m.requestTerm(), flag(m.voteGranted())));
            case Message.AppendEntries m -> {
                fields.addAll(List.of(5L, m.term(), m.prevLogIndex(), m.prevLogTerm(), m.leaderCommit(),
                        m.acknowledgedIndex(), m.catchUpIndex()));
                if (m.content() instanceof Entries entries) {
                    entries.list().forEach(e ->
                            fields.addAll(List.of(e.term(), e.timeMs(), (long) e.type().code(), e.session(), e.serial(),
                            (long) e.distance(), (long) e.payload().length())));
                }
                name = m.leaderId().value();
            }
            case Message.AppendEntriesReply m ->
                    fields.addAll(List.of(6L, m.term(), m.requestTerm(), flag(m.success()), m.matchIndex(),
                    m.prevLogIndex(), m.conflictIndex(), m.conflictTerm(), flag(m.writeUnderWay()),
                    m.snapshotNeeded()));
            case Message.InstallSnapshot m -> {
                fields.addAll(List.of(7L, m.term()));
                fields.addAll(fields(m.snapshot()));
                fields.addAll(List.of(m.size(), m.offset(), (long) m.length()));
                name = m.leaderId().value();
            }
            case Message.TimeoutNow m -> {
                fields.addAll(List.of(9L, m.term(), 0L, 0L));
                name = m.leaderId().value();
            }
            case Message.ReadIndex m -> fields.addAll(List.of(10L, m.term(), m.id(), 0L));
            case Message.ReadIndexReply m -> fields.addAll(List.of(11L, m.term(), m.id(), m.index()));
            case Message.InstallSnapshotReply m -> {
                fields.addAll(List.of(8L, m.term()));
                fields.addAll(fields(m.snapshot()));
                fields.addAll(List.of(m.requestTerm(), m.offset(), m.window(), flag(m.isResumed()), m.matchIndex()));
            }
        }
        buffer.putInt(offset, fields.size());
        for (int i = 0; i < fields.size(); i++) {
            buffer.putLong(offset + 4 + 8 * i, fields.get(i));
        }
        int length = 4 + 8 * fields.size();
        return length + buffer.putStringAscii(offset + length, name);
    }

    @Override
    public Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads) {
        int count = buffer.getInt(offset);
        if (count < 4 || 8L * count + 8 > length) {
            throw new MalformedException(0, count + " fields in " + length + " bytes");
        }
        long[] f = new long[count];
        for (int i = 0; i < count; i++) {
            f[i] = buffer.getLong(offset + 4 + 8 * i);
        }
        ServerId name = new ServerId(buffer.getStringAscii(offset + 4 + 8 * count));
        if (count < List.of(0, 4, 4, 5, 4, 7, 10, 10, 12, 4).get(Math.clamp(f[0], 0, 9))) {
            throw new MalformedException(0, "too few fields");
        }
        return switch ((int) f[0]) {
            case 1 -> new Message.PreVote(f[1], name, f[2], f[3]);
            case 2 -> new Message.PreVoteReply(f[1], f[2], f[3] == 1);
            case 3 -> new Message.RequestVote(f[1], name, f[2], f[3], f[4] == 1);
            case 4 -> new Message.RequestVoteReply(f[1], f[2], f[3] == 1);
            case 5 -> append(f, name, payloads);
            case 6 -> new Message.AppendEntriesReply(f[1], f[2], f[3] == 1, f[4], f[5], f[6], f[7], f[8] == 1, f[9], 0);
            case 7 -> install(f, name, payloads);
            case 8 -> new Message.InstallSnapshotReply(f[1], f[7], snapshot(f), f[8], f[9], f[10] == 1, f[11]);
            case 9 -> new Message.TimeoutNow(f[1], name);
            case 10 -> new Message.ReadIndex(f[1], f[2]);
            case 11 -> new Message.ReadIndexReply(f[1], f[2], f[3]);
            default -> throw new MalformedException(4, "message " + f[0]);
        };
    }

    private static Message append(long[] f, ServerId leader, Bytes payloads) {
        List<LogEntry> entries = new ArrayList<>();
        int at = 0;
        for (int i = 7; i + 6 < f.length; i += 7) {
            int size = (int) f[i + 6];
            entries.add(new LogEntry(f[2] + 1 + entries.size(), f[i], f[i + 1], EntryType.ofCode((int) f[i + 2]),
                    f[i + 3], f[i + 4], (int) f[i + 5], payloads.slice(at, size)));
            at += size;
        }
        if (at != payloads.length()) {
            throw new MalformedException(0, payloads.length() - at + " bytes of payload too many");
        }
        TermRuns runs = entries.isEmpty() ? TermRuns.empty(f[2] + 1)
                : TermRuns.of(f[2] + 1, entries.getFirst().term(), entries.size());
        return new Message.AppendEntries(f[1], leader, f[2], f[3], runs, f[4], f[5], f[6], 0,
                entries.isEmpty() ? Content.NONE : new Entries(entries));
    }

    private static Message install(long[] f, ServerId leader, Bytes payloads) {
        if (f[9] != 0 && f[9] != payloads.length()) {
            throw new MalformedException(0, payloads.length() + " bytes with a part of " + f[9]);
        }
        return new Message.InstallSnapshot(f[1], leader, snapshot(f), f[7], f[8], (int) f[9], new Chunk(payloads));
    }

    private static List<Long> fields(SnapshotId id) {
        return List.of(id.index(), id.term(), id.creator().getMostSignificantBits(),
                id.creator().getLeastSignificantBits(), (long) id.checksum());
    }

    private static SnapshotId snapshot(long[] f) {
        return new SnapshotId(f[2], f[3], new UUID(f[4], f[5]), (int) f[6]);
    }

    private static long flag(boolean value) {
        return value ? 1L : 0L;
    }

    @Override
    public String toText(Message message) {
        return message.toString();
    }

    @Override
    public int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset) {
        throw new AssertionError("the transport carries no record bodies");
    }

    @Override
    public RecordBody decodeRecord(DirectBuffer buffer, int offset, int length) {
        throw new AssertionError("the transport carries no record bodies");
    }

    @Override
    public String toText(RecordBody body) {
        return body.toString();
    }
}
