package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.machine.Command;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.RaftNode;
import io.driftless.node.driver.Engine;
import io.driftless.node.driver.EngineAccess;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import io.driftless.transport.TransportListener;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a node ends when something is still under way: nothing overlaps, and nobody waits for ever. */
@Timeout(180)
class EndingTest {

    private static final Members ALONE = Members.parse("n1=a:1");
    private static final byte HANGS = 13;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InMemoryStorage storage = new InMemoryStorage();
    /** Of the machine that hangs. */
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicBoolean applying = new AtomicBoolean();
    private final AtomicBoolean overlapped = new AtomicBoolean();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private RaftNode.Builder node() {
        return RaftNode.builder("c", "n1", ALONE).storage(storage).transport(new InMemoryNetwork().factory())
                .stateMachine(Counter::new);
    }

    /** A machine that hangs in a command until it is released, and sees whether it is closed meanwhile. */
    private final class Hanging extends Counter {

        Hanging() {
            opened.incrementAndGet();
        }

        @Override
        public Result apply(Command command) {
            applying.set(true);
            if (command.payload().get(0) == HANGS) {
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
            applying.set(false);
            return super.apply(command);
        }

        @Override
        public void close() {
            overlapped.set(applying.get());
            closed.countDown();
        }
    }

    /** A second machine on the same store would execute commands again, beside the first. */
    @Test
    void aNodeWhoseMachineHangsIsNotRestartedInPlaceAndClosesItLater() throws Exception {
        NodeConfig config = NodeConfig.builder().entryBytesMax(1 << 16).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Hanging::new, config, error -> Action.RESTART);
                RaftClient client = cluster.client()) {
            client.submit(new byte[] {HANGS}, PATIENCE);
            cluster.await("the command to hang", applying::get);
            cluster.disk("n1").beforeSync(() -> {
                throw new IllegalStateException("the disk is gone");
            });
            client.submit(new byte[] {1}, PATIENCE);
            assertEquals(EndCause.FAILED_SYNC, cluster.node("n1").ended().get(60, TimeUnit.SECONDS).cause());
            assertEquals(1, opened.get());
            assertEquals(1, closed.getCount(), "closed inside a command");
            release.countDown();
            closed.await();
            assertFalse(overlapped.get());
        } finally {
            release.countDown();
        }
    }

    /** A process that dies tells nobody: its followers find out. */
    @Test
    void aLeaderThatIsKilledHandsNothingOver() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new)) {
            cluster.kill(cluster.leader());
            cluster.leader();
            assertEquals(List.of(), handedOver(cluster));
        }
    }

    @Test
    void aLeaderThatIsStoppedHandsOver() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new)) {
            cluster.stop(cluster.leader());
            cluster.leader();
            assertEquals(1, handedOver(cluster).size());
        }
    }

    /** Its vote may be the one that the other lacks, as that of a third server in doubt would be. */
    @Test
    void aLeaderThatIsStoppedStaysUntilTheOtherIsElected() {
        try (InMemoryCluster cluster = InMemoryCluster.of(2, Counter::new)) {
            String leader = cluster.leader();
            String other = cluster.followers().getFirst();
            // A slow disk: what closes a node is done before the vote is durable, unless it waits.
            cluster.disk(leader).beforeSync(() -> LockSupport.parkNanos(100_000_000));
            cluster.stop(leader);
            cluster.await(other + " to have been elected", () -> cluster.notes().stream()
                    .anyMatch(note -> note.startsWith(other + " ") && note.contains(": leader")));
        }
    }

    private static List<String> handedOver(InMemoryCluster cluster) {
        return cluster.notes().stream().filter(note -> note.contains("its leader hands over")).toList();
    }

    @Test
    void anUnrecoverableErrorWhileItStartsEndsIt() throws Exception {
        storage.beforeSync(() -> {
            throw new IllegalStateException("the disk is gone");
        });
        CountDownLatch decided = new CountDownLatch(1);
        try (RaftNode node = node().transport(startedBehind(decided)).onUnrecoverable(error -> {
            decided.countDown();
            return Action.STOP;
        }).start()) {
            assertEquals(EndCause.FAILED_SYNC, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
        assertFalse(storage.isOpen());
    }

    /** A node whose acceptor is gone would live on, and say that it is ready. */
    @Test
    void aTransportWithoutItsThreadsEndsTheNodeAsOutOfResources() throws Exception {
        AtomicReference<TransportListener> listener = new AtomicReference<>();
        TransportFactory network = new InMemoryNetwork().factory();
        TransportFactory watched = new TransportFactory() {
            @Override
            public Transport create(TransportContext context) {
                listener.set(context.listener());
                return network.create(context);
            }

            @Override
            public ClientTransport clients() {
                return network.clients();
            }
        };
        try (RaftNode node = node().transport(watched).start()) {
            listener.get().failed(new OutOfMemoryError("unable to create native thread"));
            assertEquals(EndCause.OUT_OF_RESOURCES, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
    }

    /** Of a full heap nothing tells whose it is: the machine met it, and no limit of the process helps. */
    @ParameterizedTest
    @CsvSource({"Java heap space, STATE_MACHINE", "unable to create native thread, OUT_OF_RESOURCES"})
    void aMachineWithoutMemoryEndsTheNodeByWhatIsShort(String message, EndCause cause) throws Exception {
        InMemoryNetwork network = new InMemoryNetwork();
        try (RaftNode node = node().transport(network.factory()).stateMachine(() -> new Counter() {
            @Override
            public Result apply(Command command) {
                throw new OutOfMemoryError(message);
            }
        }).start(); RaftClient client = node.newClient()) {
            client.submit(new byte[] {1}, Duration.ofSeconds(60));
            assertEquals(cause, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
    }

    /** A network that does not begin to listen before that. */
    private static TransportFactory startedBehind(CountDownLatch latch) {
        TransportFactory network = new InMemoryNetwork().factory();
        return new TransportFactory() {
            @Override
            public Transport create(TransportContext context) {
                Transport transport = network.create(context);
                return (Transport) Proxy.newProxyInstance(Transport.class.getClassLoader(),
                        new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("start")) {
                                latch.await();
                            }
                            return method.invoke(transport, arguments);
                        });
            }

            @Override
            public ClientTransport clients() {
                return network.clients();
            }
        };
    }

    /** Whoever owns the core gives it back whatever is thrown; else the node would be silent, and open, for ever. */
    @Test
    void aTransportThatFailsWhileItIsMadeSilencesTheNode() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork();
        CountDownLatch decided = new CountDownLatch(1);
        TransportFactory failing = new TransportFactory() {
            @Override
            public Transport create(TransportContext context) {
                context.listener().failed(new IllegalStateException("no thread"));
                return network.factory().create(context);
            }

            @Override
            public ClientTransport clients() {
                return network.clients();
            }
        };
        try (RaftNode node = node().transport(failing).onUnrecoverable(error -> {
            while (decided.getCount() > 0) {
                Thread.onSpinWait();
            }
            return Action.STOP;
        }).start(); RaftClient client = node.newClient()) {
            Outcome outcome = client.execute(new byte[] {1}, Duration.ofMillis(700));
            assertFalse(outcome instanceof Outcome.Committed, outcome::toString);
            decided.countDown();
            assertEquals(EndCause.INVARIANT, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
    }

    @Test
    void anErrorInTheMiddleOfAStepEndsIt() throws Exception {
        Engine engine = (Engine) Proxy.newProxyInstance(Engine.class.getClassLoader(), new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("roleChanged")) {
                        throw new StackOverflowError();
                    }
                    return method.invoke(Engine.ofThreads(), arguments);
                });
        try (RaftNode node = EngineAccess.start(node(), engine)) {
            assertEquals(EndCause.INVARIANT, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
    }
}
