package io.driftless.tck;

import io.driftless.codec.RecordBody;
import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.log.Bytes;
import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Configuration;
import io.driftless.raft.Content;
import io.driftless.raft.Formation;
import io.driftless.raft.Message;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.AppendEntriesReply;
import io.driftless.raft.Message.PreVote;
import io.driftless.raft.Message.PreVoteReply;
import io.driftless.raft.Message.RequestVote;
import io.driftless.raft.Message.RequestVoteReply;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import io.driftless.raft.TermRuns.Run;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
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
     * One fixed example of each type of message. They pin the encodings. They are never changed; only new types are
     * added.
     */
    public static List<Message> fixed() {
        ServerId n1 = new ServerId("n1");
        List<LogEntry> entries = List.of(
                new LogEntry(1001, 3, 1_700_000_000_000L, EntryType.COMMAND, 700, 12, Bytes.utf8("put k v")),
                new LogEntry(1002, 3, 1_700_000_000_001L, EntryType.COMMAND, 700, 13, Bytes.EMPTY),
                new LogEntry(1003, 5, 1_700_000_000_000L, EntryType.NOOP, 0, 0, Bytes.EMPTY));
        TermRuns runs = new TermRuns(1001, List.of(new Run(3, 2), new Run(5, 1)));
        return List.of(
                new PreVote(8, n1, 1003, 5),
                new PreVoteReply(7, 8, true),
                new RequestVote(8, new ServerId("node-2.b_C"), 1003, 5, true),
                new RequestVoteReply(8, 8, false),
                new AppendEntries(5, n1, 1000, 2, runs, 999, 998, 996, new Entries(entries)),
                new AppendEntriesReply(5, 5, false, 0, 1000, 990, 2, true));
    }

    /** One fixed example of each type of record body, like {@link #fixed}. */
    public static List<RecordBody> fixedBodies() {
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        for (int i = 1; i <= 4; i++) {
            incarnations.put(new ServerId("n" + i), new UUID(0x0123_4567_89ab_4defL, 0x8000_0000_0000_0000L + i));
        }
        Configuration configuration = new Configuration(servers("n1", "n2"), servers("n2", "n3"), servers("n4"));
        return List.of(new ConfigurationBody(new Formation(configuration, incarnations)));
    }

    /** The payloads of the message's entries, one after the other, as a transport sends them. */
    public static Bytes payloads(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (message instanceof AppendEntries append && append.content() instanceof Entries entries) {
            for (LogEntry entry : entries.list()) {
                bytes.writeBytes(entry.payload().toByteArray());
            }
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
                random.nextBoolean()));
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
                number(), number(), number(), content);
    }

    /** A random record body of each type. */
    public List<RecordBody> bodyOfEachType() {
        SortedSet<ServerId> voters = new TreeSet<>();
        SortedSet<ServerId> outgoing = new TreeSet<>();
        SortedSet<ServerId> learners = new TreeSet<>();
        int members = 1 + random.nextInt(7);
        for (int i = 0; i < members; i++) {
            ServerId id = new ServerId("n" + i);
            int role = i == 0 ? 0 : random.nextInt(4);
            if (role == 0 || role == 1) {
                voters.add(id);
            }
            if (role == 1 || role == 2) {
                outgoing.add(id);
            }
            if (role == 3) {
                learners.add(id);
            }
        }
        Configuration configuration = new Configuration(voters, outgoing, learners);
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        configuration.members().forEach(id -> incarnations.put(id, new UUID(random.nextLong(), random.nextLong())));
        return List.of(new ConfigurationBody(new Formation(configuration, incarnations)));
    }

    private LogEntry entry(long index, long term) {
        byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(payload);
        EntryType type = EntryType.values()[random.nextInt(EntryType.values().length)];
        long timeMs = random.nextInt(8) == 0 ? random.nextLong() : 1_700_000_000_000L + random.nextInt(1000);
        return new LogEntry(index, term, timeMs, type, anyNumber(), anyNumber(), Bytes.wrap(payload));
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

    private static SortedSet<ServerId> servers(String... names) {
        SortedSet<ServerId> servers = new TreeSet<>();
        for (String name : names) {
            servers.add(new ServerId(name));
        }
        return servers;
    }
}
