package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.client.RaftClient;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Bytes;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.RaftNode;
import io.driftless.session.SessionTable;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A node whose log does not begin at index 1, or whose snapshot was not installed yet. In the tests A is the index that
 * the state machine opens at, S that of the snapshot, and B the one that the log begins behind. The sum of a log that
 * was filled here is one less than its last index; snapshots have a sum of 1,000.
 */
abstract class StartSetting {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The stamp of index 0, had it one. Each later entry is a millisecond later. */
    static final long ZERO_MS = 1_000_000;
    static final UUID OTHER = new UUID(3, 4);
    /** Stands for the incarnation of the server itself. */
    static final UUID OWN = new UUID(0, 0);
    private static final NodeConfig QUICK = NodeConfig.builder().electionTimeout(Duration.ofMillis(100),
            Duration.ofMillis(200)).heartbeatInterval(Duration.ofMillis(20)).build();

    final InMemoryStorage storage = new InMemoryStorage();
    final InMemoryNetwork network = new InMemoryNetwork();
    final Kept kept = new Kept();
    /** Of the present machine: what it was given, and the indexes that it was restored to. */
    final Queue<Long> applied = new ConcurrentLinkedQueue<>();
    final Queue<Long> restored = new ConcurrentLinkedQueue<>();
    final Queue<String> told = new ConcurrentLinkedQueue<>();

    /** What a state machine has stored. */
    static final class Kept {
        long index;
        long sum;
        private SessionRows rows = SessionRows.NONE;
    }

    /** Adds up, and keeps nothing. */
    class Adding implements StateMachine {

        protected long sum;

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            applied.add(command.index());
            sum += command.payload().get();
            return Result.ok(Long.toString(sum));
        }

        @Override
        public boolean takesSnapshots() {
            return true;
        }

        @Override
        public MachineSnapshot snapshot() {
            long now = sum;
            return out -> new DataOutputStream(out).writeLong(now);
        }

        @Override
        public void restore(InputStream content, long index) throws IOException {
            restored.add(index);
            sum = new DataInputStream(content).readLong();
        }

        @Override
        public void close() { }
    }

    /** Stores its sum, without the rows of the session table. */
    class Storing extends Adding {

        @Override
        public long open(MachineContext context) {
            sum = kept.sum;
            return kept.index;
        }

        @Override
        public void batchApplied(long index) {
            kept.index = index;
            kept.sum = sum;
        }
    }

    /** Stores the rows, too, those of a restored snapshot and of its opening: sessions that come later end at once. */
    class StoringRows extends Storing {

        @Override
        public void batchApplied(long index, SessionRows changed) {
            batchApplied(index);
            kept.rows = new SessionRows(List.of(changed.rows().getFirst()));
        }

        @Override
        public SessionRows sessions() {
            return kept.rows;
        }
    }

    RaftNode start(Supplier<? extends StateMachine> machine) {
        return builder(machine).start();
    }

    /** Sees no election before it is closed again. */
    RaftNode startSlowly(boolean acceptLoss) {
        NodeConfig slow = NodeConfig.builder().electionTimeout(Duration.ofMinutes(9), Duration.ofMinutes(10))
                .heartbeatInterval(Duration.ofMillis(20)).build();
        return builder(Adding::new).acceptLoss(acceptLoss).config(slow).start();
    }

    private RaftNode.Builder builder(Supplier<? extends StateMachine> machine) {
        applied.clear();
        restored.clear();
        told.clear();
        return RaftNode.builder("c", "n1", Members.parse("n1=a:1")).config(QUICK).storage(storage)
                .transport(network.factory()).stateMachine(machine).onUnrecoverable(UnrecoverableErrorHandler.STOP)
                .listener(new NodeListener() {
                    @Override
                    public void info(String message) {
                        told.add(message);
                    }

                    @Override
                    public void warning(String message) {
                        told.add(message);
                    }
                });
    }

    NodeStartException refused(EndCause cause, Supplier<? extends StateMachine> machine) {
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start(machine).close());
        assertEquals(cause, refused.endCause(), refused.getMessage());
        return refused;
    }

    static String sum(RaftNode node) {
        try (RaftClient client = node.newClient()) {
            return assertInstanceOf(Outcome.Committed.class, client.execute(new byte[]{0}, PATIENCE)).result().text();
        }
    }

    static boolean hasError(RaftNode node, String words) {
        return node.errors().stream().map(ErrorEntry::message).anyMatch(message -> message.contains(words));
    }

    boolean isTold(String words) {
        return told.stream().anyMatch(line -> line.contains(words));
    }

    /** Works on the files while no node runs. */
    void onDisk(Consumer<Storage> work) {
        try (Storage opened = storage.open(new StorageContext("c", "n1", 256 << 10, 16 << 10, LogListener.NONE))) {
            work.accept(opened);
        }
    }

    /** A cluster of one, whose log has commands of 1 behind its first entry, all of term 1, up to this index. */
    void fill(long last) {
        try (RaftNode node = start(Adding::new)) {
            sum(node);
        }
        onDisk(disk -> {
            List<LogEntry> entries = new ArrayList<>();
            entries.add(new LogEntry(1, 1, stampMs(1), EntryType.NOOP, 0, 0, Bytes.EMPTY));
            for (long index = 2; index <= last; index++) {
                entries.add(LogEntry.command(index, 1, stampMs(index), Bytes.wrap(new byte[]{1})));
            }
            disk.log().reset(0, 0);
            disk.log().append(entries);
            disk.log().sync();
        });
    }

    /** The host loses power under a policy that counts entries before they are synced. */
    void comeIntoDoubt() {
        storage.open(new StorageContext("c", "n1", 256 << 10, 16 << 10, DurabilityPolicy.INTERVAL, false,
                LogListener.NONE));
        storage.powerCut();
    }

    static long stampMs(long index) {
        return ZERO_MS + index;
    }

    void compact(long upTo) {
        onDisk(disk -> disk.log().compact(upTo));
        assertEquals(upTo + 1, storage.entries().getFirst().index());
    }

    void reset(long index) {
        onDisk(disk -> disk.log().reset(index, 1));
    }

    static SessionTable table(long index) {
        SessionTable table = new SessionTable(false);
        table.startAt(index, stampMs(index));
        return table;
    }

    void snapshot(long index, long term, UUID creator) {
        snapshot(index, term, creator, table(index).rows());
    }

    void snapshot(long index, long term, UUID creator, SessionRows rows) {
        snapshot(index, term, 0, creator, rows);
    }

    /** Of a sum of 1,000. */
    void snapshot(long index, long term, long era, UUID creator, SessionRows rows) {
        onDisk(disk -> {
            Bytes boundary = new SnapshotBoundary(stampMs(index), era, 0, disk.configuration().orElseThrow()).encode();
            UUID from = creator.equals(OWN) ? disk.identity().incarnation() : creator;
            try (SnapshotWriter writer = disk.snapshots().begin(index, term, from, boundary)) {
                rows.writeTo(writer.content());
                new DataOutputStream(writer.content()).writeLong(1_000);
                writer.finish();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
    }

    void damageSnapshot() {
        storage.damageSnapshot(storage.snapshotBytes().getAsInt() - 1);
    }

    /** The state machine has stored the state of this index. */
    void keep(long index) {
        kept.index = index;
        kept.sum = index - 1;
        kept.rows = table(index).rows();
    }
}
