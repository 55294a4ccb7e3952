package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.machine.Outcome;
import io.driftless.node.Members;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeListener;
import io.driftless.node.NodeRole;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an embedder gives a node may throw or hang: the node goes on, or ends, all the same. */
@Timeout(180)
class EmbeddersCodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InMemoryStorage storage = new InMemoryStorage();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch hangs = new CountDownLatch(1);

    @AfterEach
    void release() {
        release.countDown();
    }

    private void hang() {
        hangs.countDown();
        try {
            release.await();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private RaftNode.Builder node() {
        return RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(storage)
                .transport(new InMemoryNetwork().factory()).stateMachine(Counter::new);
    }

    private static void commit(RaftNode node) {
        try (RaftClient client = node.newClient()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
        }
    }

    private void failNextSync() {
        storage.beforeSync(() -> {
            throw new IllegalStateException("the disk is gone");
        });
    }

    /** Closes on another thread, as a close that hangs would hang the test. */
    private static void closeSoon(RaftNode node) throws Exception {
        CompletableFuture.runAsync(node::close, task -> Thread.ofPlatform().daemon().start(task))
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void aListenerThatHangsHoldsUpNothing() throws Exception {
        RaftNode node = node().listener(new NodeListener() {
            @Override
            public void roleChanged(NodeRole role, long term, Optional<String> leader) {
                hang();
            }
        }).start();
        hangs.await();
        commit(node);
        assertEquals(NodeRole.LEADER, node.status().role());
        closeSoon(node);
        assertEquals(EndCause.STOPPED, node.ended().get(60, TimeUnit.SECONDS).cause());
        assertFalse(storage.isOpen());
    }

    @Test
    void aListenerThatThrowsHarmsNobodyAndIsToldOn() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (RaftNode node = node().listener(new NodeListener() {
            @Override
            public void ready() {
                told.add("ready");
                throw new StackOverflowError("mine");
            }

            @Override
            public void info(String message) {
                told.add(message);
                throw new IllegalStateException("mine");
            }

            @Override
            public void roleChanged(NodeRole role, long term, Optional<String> leader) {
                told.add(role.toString());
                throw new AssertionError("mine");
            }

            @Override
            public void ended(NodeEnd end) {
                told.add("ended " + end.cause());
                throw new OutOfMemoryError("mine");
            }
        }).start()) {
            commit(node);
        }
        // A close waits for that for a second at most.
        awaitTold(told, "ended STOPPED");
        assertEquals("ended STOPPED", told.getLast());
        assertTrue(told.containsAll(List.of("ready", "candidate", "leader")), told.toString());
    }

    @Test
    void whatAHangingListenerMissesIsCountedAndBounded() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        InMemoryStorage disk = storage;
        RaftNode node = node().listener(new NodeListener() {
            @Override
            public void roleChanged(NodeRole role, long term, Optional<String> leader) {
                hang();
            }

            @Override
            public void warning(String message) {
                told.add(message);
            }

            @Override
            public void ended(NodeEnd end) {
                told.add("ended " + end.cause());
            }
        }).storage(context -> {
            // What a log says while it opens, and 100 MB more of it than can wait.
            var opened = disk.open(context);
            hangLater.complete(() -> {
                for (int i = 0; i < 100_000; i++) {
                    context.listener().warning("x".repeat(1_000));
                }
            });
            return opened;
        }).start();
        hangs.await();
        hangLater.join().run();
        release.countDown();
        closeSoon(node);
        awaitTold(told, "ended STOPPED");
        assertTrue(told.size() < 2_000, told.size() + " lines waited");
        assertTrue(told.stream().anyMatch(line -> line.endsWith("lines were lost here: the listener did not keep up")),
                told.getLast());
    }

    private static void awaitTold(List<String> told, String end) {
        while (told.stream().noneMatch(line -> line.endsWith(end))) {
            Thread.onSpinWait();
        }
    }

    private final CompletableFuture<Runnable> hangLater = new CompletableFuture<>();

    @Test
    void aSinkAndAHandlerThatThrowDoNotKeepANodeFromEnding() throws Exception {
        try (RaftNode node = node().errors(error -> {
            throw new StackOverflowError("mine");
        }).onUnrecoverable(error -> {
            throw new StackOverflowError("mine");
        }).start()) {
            commit(node);
            failNextSync();
            try (RaftClient client = node.newClient()) {
                client.submit(new byte[] {1}, PATIENCE);
                assertEquals(EndCause.FAILED_SYNC, node.ended().get(60, TimeUnit.SECONDS).cause());
            }
            assertEquals(1, node.errors().size());
        }
        assertFalse(storage.isOpen());
    }

    @Test
    void aSinkAListenerAndAHandlerThatHangDoNotKeepANodeFromEnding() throws Exception {
        CompletableFuture<NodeRole> roleThen = new CompletableFuture<>();
        CompletableFuture<RaftNode> started = new CompletableFuture<>();
        RaftNode node = node().errors(error -> hang()).listener(new NodeListener() {
            @Override
            public void error(ErrorEntry error) {
                hang();
            }
        }).onUnrecoverable(error -> {
            roleThen.complete(started.join().status().role());
            hang();
            return Action.RESTART;
        }).start();
        started.complete(node);
        commit(node);
        failNextSync();
        try (RaftClient client = node.newClient()) {
            client.submit(new byte[] {1}, PATIENCE);
            assertEquals(NodeRole.FAILED, roleThen.get(60, TimeUnit.SECONDS), "silent before anybody is asked");
            assertEquals(EndCause.FAILED_SYNC, node.ended().get(60, TimeUnit.SECONDS).cause());
        }
        assertFalse(storage.isOpen());
    }

    @Test
    void whatHangsOnTheEndHoldsNobody() throws Exception {
        RaftNode node = node().start();
        CompletableFuture<NodeEnd> ended = node.ended();
        ended.thenAccept(end -> hang());
        Thread closing = Thread.ofPlatform().daemon().start(node::close);
        hangs.await();
        closeSoon(node);
        assertTrue(closing.isAlive() && ended.isDone());
    }
}
