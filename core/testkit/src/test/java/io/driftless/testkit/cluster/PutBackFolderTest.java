package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.node.Members;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Data folders that were put back to an earlier copy, in whole nodes: healed once, they are healed for good (R18). */
@Timeout(90)
class PutBackFolderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void commit(RaftClient client) {
        assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
    }

    /** Starts it again several times, and lets n3 meet each start. */
    private static void startOften(InMemoryCluster cluster, String name) {
        for (int i = 0; i < 3; i++) {
            stop(cluster, name);
            cluster.restart(name);
            awaitMeeting(cluster, name);
        }
    }

    /** And n3 knows, so that it does not take the connection of before for one of the next start. */
    private static void stop(InMemoryCluster cluster, String name) {
        cluster.stop(name);
        cluster.await("n3 to miss " + name, () -> !knows(cluster.node("n3"), name));
    }

    private static void awaitMeeting(InMemoryCluster cluster, String name) {
        cluster.await("n3 to meet " + name, () -> knows(cluster.node("n3"), name));
    }

    private static boolean knows(RaftNode node, String name) {
        return node.status().members().stream().anyMatch(member -> member.node().equals(name) && member.connected());
    }

    private static void putBack(InMemoryCluster cluster, String name, InMemoryStorage.Copy copy) {
        cluster.kill(name);
        cluster.disk(name).putBack(copy);
        cluster.restart(name);
    }

    private static void awaitNote(InMemoryCluster cluster, String beginning) {
        cluster.await(beginning, () -> cluster.notes().stream().anyMatch(note -> note.startsWith(beginning)));
    }

    @Test
    void twoThatWerePutBackOneAfterTheOtherAndHealedStartTogetherAndElect() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient client = cluster.client()) {
            commit(client);
            cluster.awaitAllApplied();
            for (String name : new String[] {"n1", "n2"}) {
                InMemoryStorage.Copy copy = cluster.disk(name).copy();
                startOften(cluster, name);
                putBack(cluster, name, copy);
                awaitNote(cluster, name + " WARNING in doubt: ");
                awaitNote(cluster, name + " not in doubt any more");
                commit(client);
            }
            int before = cluster.notes().size();
            stop(cluster, "n1");
            stop(cluster, "n2");
            cluster.restart("n1");
            cluster.restart("n2");
            awaitMeeting(cluster, "n1");
            awaitMeeting(cluster, "n2");
            commit(client);
            assertFalse(cluster.notes().stream().skip(before).anyMatch(note -> note.contains("in doubt")),
                    cluster.notes().toString());
        }
    }

    @Test
    void aLossIsAcceptedForGoodAlthoughAPeerRemembersTheStartsThatWereLost() throws InterruptedException {
        InMemoryNetwork network = new InMemoryNetwork();
        InMemoryStorage disk = new InMemoryStorage();
        InMemoryStorage.Copy copy;
        try (RaftNode n2 = start(network, "n2", new InMemoryStorage(), false)) {
            try (RaftNode n1 = start(network, "n1", disk, false)) {
                until(() -> n1.status().commitIndex() > 0 && n2.status().commitIndex() > 0);
                copy = disk.copy();
            }
            for (int i = 0; i < 3; i++) {
                try (RaftNode n1 = start(network, "n1", disk, false)) {
                    until(() -> knows(n1, "n2") && knows(n2, "n1"));
                }
            }
            disk.putBack(copy);
            // A leader that has not missed it yet would end the doubt.
            until(() -> n2.status().role() != NodeRole.LEADER);
            try (RaftNode n1 = start(network, "n1", disk, false)) {
                // A doubt that has not reached the disk is none at the next start: there is no loss to accept then.
                until(() -> n1.status().blocked().equals("in doubt") && disk.isInDoubt());
            }
            try (RaftNode n1 = start(network, "n1", disk, true)) {
                until(() -> knows(n1, "n2") && knows(n2, "n1"));
                assertTrue(n1.awaitLeader(PATIENCE), n1.status().toString());
                NodeStatus status = n1.status();
                assertFalse(status.inDoubt(), status.toString());
                assertTrue(status.term() > 1_000_000_000, status.toString());
            }
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited " + PATIENCE);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static RaftNode start(InMemoryNetwork network, String name, InMemoryStorage disk, boolean acceptLoss) {
        return RaftNode.builder("c", name, Members.parse("n1=a:1,n2=b:1")).storage(disk).transport(network.factory())
                .stateMachine(Counter::new).acceptLoss(acceptLoss).start();
    }
}
