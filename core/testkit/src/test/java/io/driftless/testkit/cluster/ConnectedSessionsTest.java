package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.LogEntry;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeConfig;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that is connected keeps its session, however long the state machine takes for what others want (R24). */
@Timeout(180)
class ConnectedSessionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);
    /** Two renewals of a session that its leader knows are a third of its time-out apart by the log's clock. */
    private static final int RENEWALS = 5;
    /** Before it knows the session, they are a second apart. */
    private static final int RENEWALS_OF_THE_UNKNOWN = 8;

    /** Is given "hold" and holds until it is released; counts how often it was given "x". */
    private static final class Held implements StateMachine {
        private final Course course;
        private final int life;

        Held(Course course) {
            this.course = course;
            this.life = course.lives.incrementAndGet();
        }

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            String text = StandardCharsets.UTF_8.decode(command.payload()).toString();
            if (text.equals("hold") && life >= course.holdsFromLife) {
                course.isHeld.countDown();
                course.await();
            }
            return Result.ok(text.equals("x") ? "x " + course.given.incrementAndGet() : text);
        }

        @Override
        public void close() { }
    }

    private static final class Course {
        private final int holdsFromLife;
        private final AtomicInteger lives = new AtomicInteger();
        private final AtomicInteger given = new AtomicInteger();
        private final CountDownLatch isHeld = new CountDownLatch(1);
        private final CountDownLatch isReleased = new CountDownLatch(1);

        Course(int holdsFromLife) {
            this.holdsFromLife = holdsFromLife;
        }

        void await() {
            try {
                isReleased.await();
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitHeld() throws InterruptedException {
            assertTrue(isHeld.await(60, TimeUnit.SECONDS), "the command that holds the machine");
        }
    }

    /** Breaks its connections when asked to. */
    private static final class Breaking implements ClientTransport {
        private final ClientTransport under;
        private final Queue<ClientChannel> channels = new ConcurrentLinkedQueue<>();

        Breaking(ClientTransport under) {
            this.under = under;
        }

        @Override
        public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
                throws IOException {
            ClientChannel channel = under.connect(clusterId, address, timeout, listener);
            channels.add(channel);
            return channel;
        }

        void breakAll() {
            channels.forEach(ClientChannel::close);
        }
    }

    private static RaftClient client(InMemoryCluster cluster, ClientTransport transport) {
        return RaftClient.connect(ClientConfig.builder(cluster.names().stream().map(name -> cluster.node(name)
                .address()).toList(), transport).sessionTimeout(SESSION_TIMEOUT).build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertAnswer(String text, Outcome outcome) {
        assertEquals(text, assertInstanceOf(Outcome.Committed.class, outcome).result().text());
    }

    /** So many entries more are in the log; nobody sends anything, so they are renewals. */
    private static void awaitRenewals(InMemoryCluster cluster, String node, int count) {
        long before = cluster.node(node).status().commitIndex();
        cluster.await(count + " renewals", () -> cluster.node(node).status().commitIndex() >= before + count);
    }

    @Test
    void aConnectedIdleClientKeepsItsSessionWhileAnothersCommandTakesLongerThanItsTimeout() throws Exception {
        Course course = new Course(1);
        try (InMemoryCluster cluster = InMemoryCluster.of(3, () -> new Held(course));
                RaftClient idle = client(cluster, cluster.network().clients());
                RaftClient busy = cluster.client()) {
            try {
                assertAnswer("a", idle.execute(bytes("a"), PATIENCE));
                assertAnswer("b", busy.execute(bytes("b"), PATIENCE));
                String leader = cluster.leader();
                CompletableFuture<Outcome> held = busy.submit(bytes("hold"), PATIENCE);
                course.awaitHeld();
                awaitRenewals(cluster, leader, RENEWALS);
                course.isReleased.countDown();
                assertAnswer("hold", held.get(60, TimeUnit.SECONDS));
                assertAnswer("b", busy.execute(bytes("b"), PATIENCE));
                cluster.awaitAllApplied();
                for (String node : cluster.names()) {
                    assertEquals(2, cluster.node(node).status().sessions());
                }
            } finally {
                course.isReleased.countDown();
            }
        }
    }

    @Test
    void aRetryOverABrokenConnectionGetsTheFirstResultThoughTheMachineHangsForLongerThanTheTimeout()
            throws Exception {
        Course course = new Course(1);
        NodeConfig quick = NodeConfig.builder().electionTimeout(Duration.ofMillis(200), Duration.ofMillis(300))
                .heartbeatInterval(Duration.ofMillis(20)).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Held(course), quick,
                UnrecoverableErrorHandler.STOP)) {
            Breaking transport = new Breaking(cluster.network().clients());
            String node = cluster.names().getFirst();
            try (RaftClient broken = client(cluster, transport); RaftClient busy = cluster.client()) {
                assertAnswer("a", broken.execute(bytes("a"), PATIENCE));
                assertAnswer("b", busy.execute(bytes("b"), PATIENCE));
                CompletableFuture<Outcome> held = busy.submit(bytes("hold"), PATIENCE);
                course.awaitHeld();
                long before = cluster.node(node).status().commitIndex();
                CompletableFuture<Outcome> x = broken.submit(bytes("x"), PATIENCE);
                cluster.await("the command in the log", () -> cluster.node(node).status().commitIndex() > before);
                cluster.await("the node to say that the machine hangs", () -> cluster.node(node).errors().stream()
                        .anyMatch(error -> error.message().contains("hangs")));
                // From now on it refuses to name the session, too: its client comes again over and over.
                transport.breakAll();
                awaitRenewals(cluster, node, RENEWALS);
                course.isReleased.countDown();
                assertAnswer("hold", held.get(60, TimeUnit.SECONDS));
                assertAnswer("b", busy.execute(bytes("b"), PATIENCE));
                assertAnswer("x 1", x.get(60, TimeUnit.SECONDS));
                assertEquals(1, course.given.get());
            } finally {
                course.isReleased.countDown();
            }
        }
    }

    @Test
    void r25ASessionIsKeptThoughALeaderReplaysForLongerThanTheTimeoutBeforeItKnowsTheSession() throws Exception {
        Course course = new Course(2);
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Held(course))) {
            String node = cluster.names().getFirst();
            try (RaftClient plain = RaftClient.connect(ClientConfig.builder(cluster.node(node).address(),
                    cluster.network().clients()).sessions(false).build())) {
                // Before the opening: what holds the machine up when it is applied again hides the session.
                assertAnswer("hold", plain.execute(bytes("hold"), PATIENCE));
                try (RaftClient client = client(cluster, cluster.network().clients())) {
                    assertAnswer("a", client.execute(bytes("a"), PATIENCE));
                    cluster.kill(node);
                    CompletableFuture<Outcome> x = client.submit(bytes("x"), PATIENCE);
                    cluster.restart(node);
                    course.awaitHeld();
                    awaitRenewals(cluster, node, RENEWALS_OF_THE_UNKNOWN);
                    course.isReleased.countDown();
                    assertAnswer("x 1", x.get(60, TimeUnit.SECONDS));
                    assertEquals(1, cluster.disk(node).entries().stream().mapToLong(LogEntry::session)
                            .filter(session -> session != 0).distinct().count(), "the session that it had, no other");
                    assertEquals(1, cluster.node(node).status().sessions());
                } finally {
                    course.isReleased.countDown();
                }
            }
        }
    }
}
