package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.Outcome;
import io.driftless.log.Bytes;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that hangs, and who must not wait for it. */
@Timeout(60)
class StuckDiskTest {

    private static final long PATIENCE_S = 10;

    private static ClientRequest command(long id) {
        return new ClientRequest.Execute(id, TimeUnit.SECONDS.toMillis(PATIENCE_S), Bytes.wrap(new byte[] {1}));
    }

    private static Outcome outcome(BlockingQueue<ClientReply> replies) throws InterruptedException {
        return assertInstanceOf(ClientReply.Executed.class, replies.poll(PATIENCE_S, TimeUnit.SECONDS)).outcome();
    }

    @Test
    void aConnectionWhoseCommandHangsInTheDiskIsReadOn() throws Exception {
        BlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new);
                ClientChannel connection = cluster.network().clients().connect("", cluster.node(cluster.leader())
                        .address(), Duration.ofSeconds(PATIENCE_S), new ClientTransport.Listener() {
                    @Override
                    public void replied(List<ClientReply> batch) {
                        replies.addAll(batch);
                    }

                    @Override
                    public void closed(String why) { }
                })) {
            connection.send(command(1));
            assertInstanceOf(Outcome.Committed.class, outcome(replies));
            cluster.disk("n1").beforeSync(() -> {
                reached.countDown();
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                connection.send(command(2));
                assertTrue(reached.await(PATIENCE_S, TimeUnit.SECONDS));
                connection.send(new ClientRequest.Status(3));
                assertInstanceOf(ClientReply.StatusAnswered.class, replies.poll(PATIENCE_S, TimeUnit.SECONDS));
            } finally {
                release.countDown();
            }
            assertInstanceOf(Outcome.Committed.class, outcome(replies));
        }
    }
}
