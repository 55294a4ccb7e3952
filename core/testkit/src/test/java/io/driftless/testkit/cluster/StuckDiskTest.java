package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.node.NodeConfig;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that hangs, and who must not wait for it. */
@Timeout(180)
class StuckDiskTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void hang(CountDownLatch reached, CountDownLatch release) {
        reached.countDown();
        try {
            release.await();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private static ClientRequest command(long id) {
        return new ClientRequest.Execute(id, PATIENCE.toMillis(), Bytes.wrap(new byte[] {1}));
    }

    private static Outcome outcome(BlockingQueue<ClientReply> replies) throws InterruptedException {
        return assertInstanceOf(ClientReply.CommandAnswered.class, replies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .outcome();
    }

    @Test
    void aConnectionWhoseCommandHangsInTheDiskIsReadOn() throws Exception {
        BlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new);
                ClientChannel connection = cluster.network().clients().connect("", cluster.node(cluster.leader())
                        .address(), PATIENCE, new ClientTransport.Listener() {
                    @Override
                    public void replied(List<ClientReply> batch) {
                        replies.addAll(batch);
                    }

                    @Override
                    public void closed(String why) { }
                })) {
            connection.send(command(1));
            assertInstanceOf(Outcome.Committed.class, outcome(replies));
            cluster.disk("n1").beforeSync(() -> hang(reached, release));
            try {
                connection.send(command(2));
                assertTrue(reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
                connection.send(new ClientRequest.Status(3));
                assertInstanceOf(ClientReply.StatusAnswered.class,
                        replies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            } finally {
                release.countDown();
            }
            assertInstanceOf(Outcome.Committed.class, outcome(replies));
        }
    }

    @Test
    void aServerThatLeadsNoMoreNamesTheLeaderAlsoWhileItHasNoRoom() throws Exception {
        BlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        NodeConfig config = NodeConfig.builder().inFlightMax(2).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new, config, UnrecoverableErrorHandler.STOP)) {
            String stuck = cluster.leader();
            ClientChannel connection = cluster.network().clients().connect("", cluster.node(stuck).address(),
                    PATIENCE, new ClientTransport.Listener() {
                        @Override
                        public void replied(List<ClientReply> batch) {
                            replies.addAll(batch);
                        }

                        @Override
                        public void closed(String why) { }
                    });
            cluster.disk(stuck).beforeSync(() -> hang(reached, release));
            try {
                connection.send(new ClientRequest.Execute(1, 1, Bytes.wrap(new byte[] {1})));
                connection.send(new ClientRequest.Execute(2, 1, Bytes.wrap(new byte[] {1})));
                assertInstanceOf(Outcome.Unknown.class, outcome(replies));
                assertInstanceOf(Outcome.Unknown.class, outcome(replies));
                assertEquals(2, cluster.node(stuck).status().inFlight(), "their bytes still wait for the disk");
                cluster.await("another leader", () -> {
                    Optional<String> leader = cluster.node(stuck).status().leader();
                    return leader.isPresent() && !leader.get().equals(stuck);
                });
                connection.send(command(3));
                Outcome.Rejected rejected = assertInstanceOf(Outcome.Rejected.class, outcome(replies));
                assertEquals(Outcome.Reason.NOT_LEADER, rejected.reason());
            } finally {
                release.countDown();
                connection.close();
            }
            cluster.await("the room to be given back", () -> cluster.node(stuck).status().inFlight() == 0);
        }
    }

    @Test
    void aNodeClosesWhoseDiskHangsAndLetsGoOfTheStorageLater() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient client = cluster.client()) {
            String stuck = cluster.followers().getFirst();
            cluster.disk(stuck).beforeSync(() -> hang(reached, release));
            try {
                // The reader of the leader's messages writes it, and hangs.
                cluster.await("the disk to hang", () -> {
                    client.submit(new byte[] {1}, PATIENCE);
                    return reached.getCount() == 0;
                });
                CompletableFuture.runAsync(cluster.node(stuck)::close, task -> Thread.ofPlatform().start(task))
                        .get(60, TimeUnit.SECONDS);
                assertTrue(cluster.disk(stuck).isOpen());
            } finally {
                release.countDown();
            }
            cluster.await("the storage to be closed", () -> !cluster.disk(stuck).isOpen());
        }
    }
}
