package io.driftless.tck;

import io.driftless.codec.RecordBody;
import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.codec.RecordBody.SessionClosing;
import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import io.driftless.raft.Message;
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
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.raft.TermRuns;
import io.driftless.raft.TermRuns.Run;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Messages and record bodies for tests: random ones of every type from a seed, and one fixed example of each type.
 * Confined to one thread.
 */
public final class SampleMessages {

    private static final long NUMBER_MAX = 1L << 60;
    private static final String SERVER_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._-";

    private final Random random;

    /** Takes a seed. The same seed gives the same messages. */
    public SampleMessages(long seed) {
        random = new Random(seed);
    }

    /**
     * One fixed example of each type of message. They pin the encodings. After a release they are never changed; only
     * new types are added.
     */
    public static List<Message> fixed() {
        ServerId n1 = new ServerId("n1");
        List<LogEntry> entries = List.of(
                new LogEntry(1001, 3, 1_700_000_000_000L, EntryType.COMMAND, 700, 12, Bytes.utf8("put k v")),
                new LogEntry(1002, 3, 1_700_000_000_001L, EntryType.COMMAND, 700, 13, 12, Bytes.EMPTY),
                new LogEntry(1003, 5, 1_700_000_000_000L, EntryType.NOOP, 0, 0, Bytes.EMPTY));
        SnapshotId snapshot = new SnapshotId(990, 2, new UUID(0x0123_4567_89ab_4defL, 0x8000_0000_0000_0001L),
                0xcafe_f00d);
        TermRuns runs = new TermRuns(1001, List.of(new Run(3, 2), new Run(5, 1)));
        return List.of(
                new PreVote(8, n1, 1003, 5),
                new PreVoteReply(7, 8, true),
                new RequestVote(8, new ServerId("node-2.b_C"), 1003, 5, true),
                new RequestVoteReply(8, 8, false),
                new AppendEntries(5, n1, 1000, 2, runs, 999, 998, 996, 41, new Entries(entries)),
                new AppendEntriesReply(5, 5, false, 0, 1000, 990, 2, true, 1001, 40),
                new InstallSnapshot(5, n1, snapshot, 1 << 20, 4096, 9, new Chunk(Bytes.utf8("nine byte"))),
                new InstallSnapshotReply(5, 5, snapshot, 4105, 1 << 22, true, 0),
                new TimeoutNow(5, n1),
                new ReadIndex(5, 300),
                new ReadIndexReply(5, 300, 1000));
    }

    /** The messages by which a snapshot is sent, with the largest numbers that they may hold. */
    public static List<Message> largestOfASnapshot() {
        long most = 1L << 62;
        ServerId n1 = new ServerId("n1");
        List<Message> all = new ArrayList<>();
        for (int checksum : new int[] {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE}) {
            SnapshotId snapshot = new SnapshotId(most, most, new UUID(-1, -1), checksum);
            all.add(new InstallSnapshot(most, n1, snapshot, most, most - 3, 3, new Chunk(Bytes.utf8("end"))));
            all.add(new InstallSnapshot(most, n1, snapshot, 1, 0, 0, new Chunk(Bytes.wrap(new byte[100_000]))));
            all.add(new InstallSnapshot(most, n1, snapshot, most, most, 0, new Chunk(Bytes.EMPTY)));
            all.add(new InstallSnapshotReply(most, most, snapshot, most, most, true, most));
        }
        return all;
    }

    /** One fixed example of each type of record body, like {@link #fixed}. */
    public static List<RecordBody> fixedBodies() {
        return List.of(new ConfigurationBody(SampleConfigurations.fixed()),
                new SessionOpening(new UUID(0x0123_4567_89ab_4defL, 0x8000_0000_0000_0005L), 300_000, 1_000, 1 << 20,
                        10_000, 1 << 26),
                new SessionClosing(4711),
                new SessionsRenewal(new TreeMap<>(Map.of(4711L, 13L, 4712L, 1L, 70_000L, 1_000_000L))));
    }

    /** The payloads of the message's entries, or the bytes of its chunk, as a transport sends them. */
    public static Bytes payloads(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (message instanceof AppendEntries append && append.content() instanceof Entries entries) {
            for (LogEntry entry : entries.list()) {
                bytes.writeBytes(entry.payload().toByteArray());
            }
        }
        if (message instanceof InstallSnapshot install && install.content() instanceof Chunk chunk) {
            bytes.writeBytes(chunk.bytes().toByteArray());
        }
        return Bytes.wrap(bytes.toByteArray());
    }

    /** A random message of each type. */
    public List<Message> ofEachType() {
        return List.of(
                new PreVote(number(), server(), number(), number()),
                new PreVoteReply(number(), number(), random.nextBoolean()),
                new RequestVote(number(), server(), number(), number(), random.nextBoolean()),
                new RequestVoteReply(number(), number(), random.nextBoolean()),
                appendEntries(random.nextInt(6)),
                new AppendEntriesReply(number(), number(), random.nextBoolean(), number(), number(), number(), number(),
                random.nextBoolean(), number(), 0),
                random.nextBoolean() ? part(1 + random.nextInt(300)) : offer(random.nextInt(300)),
                new InstallSnapshotReply(number(), number(), snapshot(), number(), number(), random.nextBoolean(),
                        number()),
                new TimeoutNow(number(), server()),
                new ReadIndex(number(), number()),
                new ReadIndexReply(number(), number(), number()));
    }

    /** A random part of a snapshot with this many bytes. */
    public InstallSnapshot part(int length) {
        long offset = number();
        SnapshotId snapshot = snapshot();
        return new InstallSnapshot(Math.max(snapshot.term(), number()), server(), snapshot, offset + length + number(),
                offset, length, chunk(length));
    }

    /** A random offer of a snapshot with this many bytes of boundary data. */
    public InstallSnapshot offer(int boundaryLength) {
        SnapshotId snapshot = snapshot();
        return new InstallSnapshot(Math.max(snapshot.term(), number()), server(), snapshot, 1 + number(), 0, 0,
                chunk(boundaryLength));
    }

    private Chunk chunk(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return new Chunk(Bytes.wrap(bytes));
    }

    private SnapshotId snapshot() {
        return new SnapshotId(1 + number(), 1 + number(), new UUID(random.nextLong(), random.nextLong()),
                random.nextInt());
    }

    /** A random AppendEntries with this many entries. */
    public AppendEntries appendEntries(int count) {
        long prevLogIndex = number();
        long term = 1 + random.nextInt(1000);
        List<Run> runs = new ArrayList<>();
        List<LogEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i == 0 || random.nextInt(4) == 0) {
                term += 1 + random.nextInt(3);
                runs.add(new Run(term, 1));
            } else {
                Run last = runs.removeLast();
                runs.add(new Run(last.term(), last.count() + 1));
            }
            entries.add(entry(prevLogIndex + 1 + i, term));
        }
        Content content = entries.isEmpty() ? Content.NONE : new Entries(entries);
        return new AppendEntries(number(), server(), prevLogIndex, number(), new TermRuns(prevLogIndex + 1, runs),
                number(), number(), number(), 0, content);
    }

    /** A random record body of each type. */
    public List<RecordBody> bodyOfEachType() {
        return List.of(new ConfigurationBody(SampleConfigurations.random(random)), sessionOpening(),
                new SessionClosing(1 + number()), sessionsRenewal());
    }

    private SessionOpening sessionOpening() {
        return new SessionOpening(new UUID(random.nextLong(), random.nextLong()), 1 + number(),
                1 + random.nextInt(SessionOpening.WINDOW_MAX), number(),
                1 + (random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31)), number());
    }

    private SessionsRenewal sessionsRenewal() {
        SortedMap<Long, Long> lowestWanted = new TreeMap<>();
        for (int left = random.nextInt(6); left > 0; left--) {
            lowestWanted.put(1 + number(), number());
        }
        return new SessionsRenewal(lowestWanted);
    }

    private LogEntry entry(long index, long term) {
        byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(payload);
        EntryType type = EntryType.values()[random.nextInt(EntryType.values().length)];
        long timeMs = random.nextInt(8) == 0 ? random.nextLong() : 1_700_000_000_000L + random.nextInt(1000);
        return new LogEntry(index, term, timeMs, type, anyNumber(), anyNumber(),
                random.nextInt(LogEntry.DISTANCE_MAX + 1) >>> random.nextInt(17), Bytes.wrap(payload));
    }

    // Small numbers and large ones, each length of a variable-length encoding about equally often.
    private long number() {
        return (random.nextLong() >>> (1 + random.nextInt(63))) % NUMBER_MAX;
    }

    private long anyNumber() {
        return random.nextInt(4) == 0 ? 0 : random.nextLong() >> random.nextInt(64);
    }

    private ServerId server() {
        if (random.nextInt(3) > 0) {
            return new ServerId("n" + (1 + random.nextInt(7)));
        }
        StringBuilder name = new StringBuilder();
        int length = random.nextInt(65);
        for (int i = 0; i < length; i++) {
            name.append(SERVER_CHARACTERS.charAt(random.nextInt(SERVER_CHARACTERS.length())));
        }
        return new ServerId(name.toString());
    }
}
