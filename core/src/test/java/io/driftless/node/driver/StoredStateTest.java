package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializers;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.HardStateStore;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.HardState;
import io.driftless.raft.Member;
import io.driftless.raft.Recovered;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.raft.TermRuns;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a node makes of the configuration of index 0 that it finds, and of a log that does not begin at index 1. */
class StoredStateTest {

    private static final SortedSet<ServerId> MEMBERS = new TreeSet<>(List.of(new ServerId("n1"), new ServerId("n2")));

    private static ClusterConfiguration cluster() {
        SortedMap<ServerId, Member> members = new TreeMap<>();
        MEMBERS.forEach(id -> members.put(id, new Member(new UUID(1, id.hashCode()), id + ":1", 100)));
        return new ClusterConfiguration(Configuration.of(MEMBERS), members, 0);
    }

    private static Optional<ClusterConfiguration> read(byte[] stored) {
        return StoredState.formation(StandIn.of(Storage.class, (proxy, method, arguments) ->
                method.getName().equals("configuration") ? Optional.of(Bytes.wrap(stored)) : "the folder"), MEMBERS,
                Serializers.byName("kryo"));
    }

    private static byte[] written() {
        return RecordBodies.encode(Serializers.byName("kryo"), new RecordBody.ConfigurationBody(cluster()))
                .toByteArray();
    }

    private static void assertRefused(EndCause cause, String message, byte[] stored) {
        NodeStartException refused = assertThrows(NodeStartException.class, () -> read(stored));
        assertEquals(cause, refused.endCause());
        assertTrue(refused.getMessage().startsWith("the folder: the configuration of index 0 " + message),
                refused.getMessage());
        assertTrue(refused.getMessage().indexOf('\n') < 0, refused.getMessage());
    }

    @Test
    void theConfigurationThatTheClusterFormedWithIsReadWhole() {
        assertEquals(Optional.of(cluster()), read(written()));
    }

    @Test
    void oneThatANewerVersionWroteIsAnotherFormatAndNotDamage() {
        byte[] newer = written();
        newer[7] = 9;
        assertRefused(EndCause.OTHER_FORMAT, "is a record body of version 9 of serializer kryo", newer);
    }

    @Test
    void oneThatCannotBeReadIsDamage() {
        byte[] damaged = written();
        damaged[damaged.length - 2] = ' ';
        assertRefused(EndCause.CORRUPT, "cannot be read", damaged);
        assertRefused(EndCause.CORRUPT, "cannot be read", new byte[3]);
    }

    /** A log behind index 20, of term 7, with these terms. */
    private static Storage shortened(HardState state, long doubtTerm, long... terms) {
        RaftLog log = StandIn.of(RaftLog.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "firstIndex" -> 21L;
            case "lastIndex" -> 20L + terms.length;
            case "termAt" -> (long) arguments[0] == 20 ? 7L : terms[Math.toIntExact((long) arguments[0] - 21)];
            default -> throw new AssertionError(method);
        });
        HardStateStore hardState = StandIn.of(HardStateStore.class, (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "read" -> state;
                    case "doubtTerm" -> doubtTerm;
                    default -> throw new AssertionError(method);
                });
        return StandIn.of(Storage.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "log" -> log;
            case "hardState" -> hardState;
            case "configuration" -> Optional.empty();
            case "description" -> "the folder";
            default -> throw new AssertionError(method);
        });
    }

    @Test
    void aLogThatBeginsBehindASnapshotIsGivenWithItsBoundary() {
        SnapshotId id = new SnapshotId(20, 7, new UUID(1, 2), 3);
        StoredSnapshot snapshot = StandIn.of(StoredSnapshot.class, (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "id" -> id;
                    case "contentBytes" -> 99L;
                    case "boundary" -> new SnapshotBoundary(1, 4, 0, Bytes.EMPTY).encode();
                    default -> throw new AssertionError(method);
                });
        HardState state = new HardState(5, ServerId.NONE);
        Recovered empty = StoredState.recovered(shortened(state, 0), 20, Optional.of(snapshot));
        assertEquals(TermRuns.empty(21), empty.log());
        assertEquals(7, empty.boundaryTerm());
        assertEquals(state, empty.hardState());
        assertEquals(20, empty.appliedIndex());
        assertEquals(Optional.of(new Recovered.OwnSnapshot(id, 99, 4)), empty.snapshot());
        Recovered some = StoredState.recovered(shortened(state, 0, 7, 7, 9), 3, Optional.empty());
        assertEquals(new TermRuns(21, List.of(new TermRuns.Run(7, 2), new TermRuns.Run(9, 1))), some.log());
        assertEquals(7, some.boundaryTerm());
        assertEquals(Optional.empty(), some.snapshot());
    }

    @Test
    void r18AMachineBeyondAnEmptyLogsBeginningHasLostEntriesUnlessTheServerIsInDoubt() {
        NodeStartException refused = assertThrows(NodeStartException.class, () ->
                StoredState.recovered(shortened(HardState.INITIAL, 0), 21, Optional.empty()));
        assertEquals(EndCause.LOST_DATA, refused.endCause());
        assertEquals(21, StoredState.recovered(shortened(HardState.INITIAL, 1), 21, Optional.empty()).appliedIndex());
        refused = assertThrows(NodeStartException.class, () ->
                StoredState.acceptLoss(shortened(HardState.INITIAL, 1), 21));
        assertEquals(EndCause.LOST_DATA, refused.endCause());
    }

    @Test
    void aLogThatWasResetIsALogAlthoughItIsEmpty() {
        NodeStartException refused = assertThrows(NodeStartException.class, () -> StoredState.formation(
                shortened(HardState.INITIAL, 0), MEMBERS, Serializers.byName("kryo")));
        assertEquals(EndCause.CORRUPT, refused.endCause());
        assertTrue(refused.getMessage().contains("holds a log or a term, and no configuration"),
                refused.getMessage());
    }

    @Test
    void r23TheClockOfAnEmptyLogIsThatOfTheSessionTable() {
        assertEquals(1_234, StoredState.lastStampMs(shortened(HardState.INITIAL, 0).log(), 1_234));
    }
}
