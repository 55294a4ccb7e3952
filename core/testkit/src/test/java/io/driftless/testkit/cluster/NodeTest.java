package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Command;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class NodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NodeConfig SMALL = NodeConfig.builder().entryBytesMax(1 << 16).inFlightMax(100).build();

    private static String committed(Outcome outcome) {
        return assertInstanceOf(Outcome.Committed.class, outcome).result().text();
    }

    private static byte[] one() {
        return new byte[] {1};
    }

    private static InMemoryCluster cluster(int size, Supplier<? extends StateMachine> machine) {
        return InMemoryCluster.of(size, machine, SMALL, UnrecoverableErrorHandler.STOP);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aClusterOfAnySizeElectsALeaderAndCommits(int size) {
        try (InMemoryCluster cluster = cluster(size, Counter::new); RaftClient client = cluster.client()) {
            for (int i = 1; i <= 100; i++) {
                assertEquals(Integer.toString(i), committed(client.execute(one(), PATIENCE)));
            }
            cluster.awaitAllApplied();
        }
    }

    @Test
    void aLearnerReceivesTheLogAndDoesNotVote() {
        Members members = Members.parse("n1=a:1,n2=b:1,n3=c:1/learner");
        try (InMemoryCluster cluster = InMemoryCluster.of(members, Counter::new, SMALL, UnrecoverableErrorHandler.STOP);
                RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
            assertEquals(NodeRole.LEARNER, cluster.node("n3").status().role());
            cluster.awaitAllApplied();
            cluster.stop(cluster.leader());
            // One voter and a learner are no majority of two voters.
            assertFalse(client.execute(one(), Duration.ofMillis(1500)) instanceof Outcome.Committed);
        }
    }

    @Test
    void aClientOfAFollowerIsLedToTheLeader() {
        try (InMemoryCluster cluster = cluster(3, Counter::new);
                RaftClient client = cluster.node(cluster.followers().getFirst()).newClient()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
        }
    }

    @Test
    void everythingAcknowledgedSurvivesThePowerCutOfEachNodeInTurn() {
        try (InMemoryCluster cluster = cluster(3, Counter::new); RaftClient client = cluster.client()) {
            int acknowledged = 0;
            int unknown = 0;
            long sum = 0;
            for (int round = 0; round < 6; round++) {
                String victim = round % 2 == 0 ? cluster.leader() : cluster.followers().getFirst();
                List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    outcomes.add(client.submit(one(), PATIENCE));
                    if (i == 25) {
                        cluster.powerCut(victim);
                    }
                }
                for (CompletableFuture<Outcome> outcome : outcomes) {
                    switch (outcome.join()) {
                        case Outcome.Committed c -> {
                            acknowledged++;
                            sum = Math.max(sum, Long.parseLong(c.result().text()));
                        }
                        case Outcome.Unknown u -> unknown++;
                        case Outcome.Rejected r -> assertNotEquals(Outcome.Reason.TOO_LARGE, r.reason());
                    }
                }
                cluster.restart(victim);
            }
            long counted = Long.parseLong(committed(client.execute(new byte[] {0}, PATIENCE)));
            assertTrue(counted >= acknowledged && counted <= acknowledged + unknown,
                    counted + " executed, " + acknowledged + " acknowledged, " + unknown + " unknown, greatest " + sum);
            cluster.awaitAllApplied();
        }
    }

    @Test
    void aLeaderCutOffResignsAndRejoinsAsFollower() {
        try (InMemoryCluster cluster = cluster(3, Counter::new); RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
            String old = cluster.leader();
            cluster.partition(old);
            cluster.await("the old leader to resign", () -> cluster.node(old).status().role() != NodeRole.LEADER);
            cluster.await("a new leader", () -> cluster.names().stream().anyMatch(name -> !name.equals(old)
                    && cluster.node(name).status().role() == NodeRole.LEADER));
            cluster.heal();
            cluster.await("the next command", () -> client.execute(one(), PATIENCE) instanceof Outcome.Committed);
            cluster.awaitAllApplied();
        }
    }

    @Test
    void aFollowerFarBehindCatchesUpFromTheLog() {
        // More entries than the cache of entries has room for.
        int commands = 20_000;
        NodeConfig wide = NodeConfig.builder().inFlightMax(10_000).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new, wide, UnrecoverableErrorHandler.STOP);
                RaftClient client = cluster.client()) {
            String behind = cluster.followers().getFirst();
            cluster.stop(behind);
            for (int sent = 0; sent < commands; sent += 1_000) {
                List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    outcomes.add(client.submit(one(), PATIENCE));
                }
                outcomes.forEach(outcome -> committed(outcome.join()));
            }
            cluster.restart(behind);
            cluster.await("the follower to catch up", () -> cluster.node(behind).status().lastApplied() > commands);
        }
    }

    @Test
    void aStuckDiskCostsTheLeaderItsPlaceAndNobodyElseAnything() throws Exception {
        try (InMemoryCluster cluster = cluster(3, Counter::new); RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
            String stuck = cluster.leader();
            CountDownLatch release = new CountDownLatch(1);
            cluster.disk(stuck).beforeSync(() -> {
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                client.submit(one(), PATIENCE);
                cluster.await("another leader", () -> cluster.node(stuck).status().role() != NodeRole.LEADER
                        && cluster.names().stream()
                        .anyMatch(name -> cluster.node(name).status().role() == NodeRole.LEADER));
                // On the connection to the old leader, which must still answer there that it leads no more.
                assertInstanceOf(Outcome.Committed.class, client.execute(one(), PATIENCE));
                cluster.await("that it says so", () -> cluster.node(stuck).status().blocked().equals("disk stuck"));
            } finally {
                release.countDown();
            }
            cluster.awaitAllApplied();
        }
    }

    @Test
    void aFailedSyncEndsTheNodeAndTheOthersGoOn() throws Exception {
        try (InMemoryCluster cluster = cluster(3, Counter::new); RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
            String broken = cluster.leader();
            cluster.disk(broken).beforeSync(() -> {
                throw new IllegalStateException("the disk is gone");
            });
            client.execute(one(), PATIENCE);
            NodeEnd end = cluster.node(broken).ended().get(60, TimeUnit.SECONDS);
            assertEquals(EndCause.FAILED_SYNC, end.cause());
            assertEquals(20, end.exitCode());
            cluster.await("a command to commit", () -> client.execute(one(), PATIENCE) instanceof Outcome.Committed);
        }
    }

    @Test
    void aStateMachineThatThrowsEndsItsNodes() throws Exception {
        CompletableFuture<Outcome> outcome;
        try (InMemoryCluster cluster = cluster(1, () -> new Counter() {
            @Override
            public Result apply(Command command) {
                throw new IllegalStateException("no");
            }
        }); RaftClient client = cluster.client()) {
            RaftNode node = cluster.node("n1");
            outcome = client.submit(one(), PATIENCE);
            assertEquals(EndCause.STATE_MACHINE, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
        assertFalse(outcome.join() instanceof Outcome.Committed);
    }

    @Test
    void theHandlerMayRestartTheNodeInPlace() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Counter() {
            @Override
            public Result apply(Command command) {
                if (broken.getAndSet(false)) {
                    throw new IllegalStateException("once");
                }
                return super.apply(command);
            }
        }, SMALL, error -> UnrecoverableErrorHandler.Action.RESTART); RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)), "sent again to the node that was restarted");
            assertEquals(2, cluster.node("n1").status().boot());
            assertEquals("1", committed(client.execute(new byte[] {0}, PATIENCE)));
            assertFalse(cluster.node("n1").ended().isDone());
        }
    }

    /** Hangs in a command that begins with 13, until it is released. */
    private static final class HangingCounter extends Counter {

        private final CountDownLatch release;

        HangingCounter(CountDownLatch release) {
            this.release = release;
        }

        @Override
        public Result apply(Command command) {
            if (command.payload().get(0) == 13) {
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.apply(command);
        }
    }

    @Test
    void aCommandThatHangsHangsNeitherTheServerNorItsClient() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        // Long enough that a pause of the computer seldom costs the lead.
        NodeConfig calm = SMALL.toBuilder().electionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, () -> new HangingCounter(release), calm,
                UnrecoverableErrorHandler.STOP); RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
            // All machines hang, so whoever leads keeps its place for that long only if this costs nobody the lead.
            // Where a pause does, or leaves no time to send the command, it is tried again.
            cluster.await("a timeout during which one leads all the time", () -> {
                String leader = cluster.leader();
                long term = cluster.node(leader).status().term();
                Outcome outcome = client.execute(new byte[] {13}, Duration.ofSeconds(4));
                NodeStatus then = cluster.node(leader).status();
                return outcome.equals(new Outcome.Unknown(Outcome.Why.TIMEOUT)) && then.role() == NodeRole.LEADER
                        && then.term() == term;
            });
            release.countDown();
            cluster.await("the machine to go on", () -> client.execute(one(), PATIENCE) instanceof Outcome.Committed);
        }
    }

    @Test
    void whileTheMachineHangsNewCommandsAreRejected() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        NodeConfig quick = SMALL.toBuilder().electionTimeout(Duration.ofMillis(200), Duration.ofMillis(400)).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new HangingCounter(release), quick,
                UnrecoverableErrorHandler.STOP); RaftClient client = cluster.client()) {
            assertEquals("1", committed(client.execute(one(), PATIENCE)));
            client.submit(new byte[] {13}, PATIENCE);
            cluster.await("a command to be rejected because the machine hangs", () ->
                    client.execute(one(), Duration.ofSeconds(1)) instanceof Outcome.Rejected rejected
                            && rejected.reason() == Outcome.Reason.OVERLOADED && rejected.detail().contains("hangs"));
            release.countDown();
            cluster.await("the machine to go on", () -> client.execute(one(), PATIENCE) instanceof Outcome.Committed);
        }
    }

    @Test
    void aCallFromInsideApplyIsRefused() {
        AtomicReference<RaftClient> inside = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (InMemoryCluster cluster = cluster(1, () -> new Counter() {
            @Override
            public Result apply(Command command) {
                if (inside.get() != null && thrown.get() == null) {
                    thrown.set(assertThrows(IllegalStateException.class, () -> inside.get().execute(one(), PATIENCE)));
                }
                return super.apply(command);
            }
        }); RaftClient client = cluster.client(); RaftClient local = cluster.node("n1").newClient()) {
            committed(local.execute(one(), PATIENCE));
            inside.set(local);
            committed(client.execute(one(), PATIENCE));
            assertTrue(thrown.get() instanceof IllegalStateException);
        }
    }

    @Test
    void whatCannotBeTakenIsRejected() {
        CountDownLatch release = new CountDownLatch(1);
        try (InMemoryCluster cluster = cluster(1, () -> new HangingCounter(release));
                RaftClient client = cluster.client()) {
            committed(client.execute(one(), PATIENCE));
            Outcome large = client.execute(new byte[(1 << 16) + 1], PATIENCE);
            assertEquals(Outcome.Reason.TOO_LARGE, assertInstanceOf(Outcome.Rejected.class, large).reason());
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                outcomes.add(client.submit(new byte[] {13}, PATIENCE));
            }
            cluster.await("all to be in flight", () -> cluster.node("n1").status().inFlight() == 100);
            // Its deadline may come while it is being asked again: then nobody knows what became of it.
            cluster.await("a refusal", () -> {
                Outcome more = client.execute(one(), Duration.ofMillis(300));
                assertFalse(more instanceof Outcome.Committed);
                return more instanceof Outcome.Rejected;
            });
            release.countDown();
            outcomes.forEach(outcome -> committed(outcome.join()));
        }
    }

    @Test
    void anotherMemberListThanTheFormedOneIsRefusedAtStart() {
        try (InMemoryCluster cluster = cluster(1, Counter::new); RaftClient client = cluster.client()) {
            committed(client.execute(one(), PATIENCE));
            cluster.stop("n1");
            Members others = Members.parse("n1=memory-1:1,n9=memory-9:1");
            NodeStartException refused = assertThrows(NodeStartException.class, () -> RaftNode.builder("in-memory",
                    "n1",
                    others).storage(cluster.disk("n1")).transport(new InMemoryNetwork().factory())
                    .stateMachine(Counter::new)
                    .start());
            assertEquals(EndCause.MEMBERS_DIFFER, refused.endCause());
            assertTrue(refused.getMessage().contains("n9"), refused.getMessage());
            assertFalse(cluster.disk("n1").isOpen());
        }
    }

    @Test
    void anUnformedClusterSaysForWhomItWaits() {
        try (InMemoryCluster cluster = cluster(3, Counter::new)) {
            cluster.leader();
        }
        InMemoryNetwork network = new InMemoryNetwork();
        Members members = Members.parse("n1=a:1,n2=b:1");
        try (RaftNode alone = RaftNode.builder("c", "n1", members).storage(new io.driftless.testkit.InMemoryStorage())
                .transport(network.factory()).stateMachine(Counter::new).start()) {
            assertEquals(NodeRole.FORMING, alone.status().role());
            assertEquals(List.of("n2"), alone.status().waitingFor());
        }
    }
}
