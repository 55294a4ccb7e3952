package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Command;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.node.driver.Engine;
import io.driftless.node.driver.EngineAccess;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node does while its heap is nearly full, and what its machine says of itself. */
@Timeout(180)
class RoomTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FULL = "the heap is nearly full";

    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile String shortage = "";
    private final AtomicInteger refusals = new AtomicInteger();

    /** A machine that says how often it was called, and hangs in a command 9. */
    private final class Told extends Counter {
        private long calls;
        private volatile long said;

        @Override
        public Result apply(Command command) {
            calls++;
            if (command.payload().get(0) == 9) {
                try {
                    mayGoOn.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.apply(command);
        }

        @Override
        public Map<String, Long> gauges() {
            said = calls;
            return Map.of("calls", calls, "a_constant", 7L);
        }
    }

    @Test
    void aNodeWithoutRoomRejectsWhatIsNewSaysSoAndTakesItAgain() {
        try (RaftNode node = node(Counter::new, narrow()); RaftClient client = node.newClient()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
            shortage = FULL;
            Outcome.Rejected full = rejected(client, Outcome.Reason.OVERLOADED);
            assertEquals(FULL, full.detail());
            assertTrue(full.retryAfter().toMillis() > 0);
            assertEquals(FULL, node.status().blocked());
            assertTrue(refusals.get() > 0, "a refusal is a reason to look for room");
            shortage = "";
            assertEquals("2", assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE))
                    .result().text());
            assertEquals("", node.status().blocked());
        }
    }

    @Test
    void aServerThatDoesNotLeadRefusesNoCommandForItsOwnHeap() {
        shortage = FULL;
        try (RaftNode node = EngineAccess.start(RaftNode.builder("c", "n1", Members.parse("n1=a:1,n2=b:1"))
                .storage(new InMemoryStorage()).transport(new InMemoryNetwork().factory()).stateMachine(Counter::new),
                narrow());
                RaftClient client = node.newClient()) {
            rejected(client, Outcome.Reason.NO_LEADER);
            assertEquals(0, refusals.get());
        }
    }

    @Test
    void theStatusShowsWhatTheMachineSaysAndIsNotHeldUpByOneThatHangs() {
        try (RaftNode node = node(Told::new, Engine.ofThreads()); RaftClient client = node.newClient()) {
            assertEquals(new TreeMap<>(Map.of("a_constant", 7L, "calls", 0L)), node.status().machine());
            client.execute(new byte[] {1}, PATIENCE);
            await(() -> calls(node) == 1);
            client.submit(new byte[] {9}, PATIENCE);
            await(() -> node.status().commitIndex() == 4);
            assertEquals(1, calls(node));
            mayGoOn.countDown();
            await(() -> calls(node) == 2);
        }
    }

    @Test
    void whatTheMachineSaysIsOfNowOnceNothingIsAppliedAnyMore() {
        Told machine = new Told();
        try (RaftNode node = node(() -> machine, Engine.ofThreads()); RaftClient client = node.newClient()) {
            for (int i = 0; i < 3; i++) {
                client.execute(new byte[] {1}, PATIENCE);
            }
            // Nobody asks for the status, which would have it speak again.
            await(() -> machine.said == 3);
        }
    }

    @Test
    void aMachineThatSaysNothingHasAnEmptyPlaceInTheStatus() {
        try (RaftNode node = node(Counter::new, Engine.ofThreads())) {
            assertEquals(new TreeMap<>(), node.status().machine());
            assertTrue(node.status().toJson().endsWith(",\"machine\":{}}"), node.status().toJson());
        }
    }

    /**
     * Tries until its time is over. The computer may stand still then, while it is being asked again or before the
     * first time: then it does so again.
     */
    private static Outcome.Rejected rejected(RaftClient client, Outcome.Reason reason) {
        while (true) {
            Outcome outcome = client.execute(new byte[] {1}, Duration.ofMillis(200));
            assertFalse(outcome instanceof Outcome.Committed, outcome::toString);
            if (outcome instanceof Outcome.Rejected rejected && rejected.reason() == reason) {
                return rejected;
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long calls(RaftNode node) {
        SortedMap<String, Long> said = node.status().machine();
        return said.get("calls");
    }

    private static RaftNode node(Supplier<? extends StateMachine> machine, Engine engine) {
        return EngineAccess.start(RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(new InMemoryStorage())
                .transport(new InMemoryNetwork().factory()).stateMachine(machine), engine);
    }

    /** The real threads, and a heap that is as full as this test says. */
    private Engine narrow() {
        Engine.Heap heap = new Engine.Heap() {
            @Override
            public String shortage() {
                return shortage;
            }

            @Override
            public void refused() {
                refusals.incrementAndGet();
            }

            @Override
            public void close() { }
        };
        return (Engine) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("heap")) {
                        return heap;
                    }
                    try {
                        return method.invoke(Engine.ofThreads(), arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }
}
