package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Bytes;
import io.driftless.machine.Command;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeStatus;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine that hangs, and clients that go on sending: what waits in the node is bounded. */
@Timeout(180)
class OverloadTest implements ClientTransport.Listener {

    /** Long enough for commands that wait, so that none of them ends by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final byte HANGS = 13;

    private final CountDownLatch hangs = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final LinkedBlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
    private InMemoryCluster cluster;
    private ClientChannel channel;

    @BeforeEach
    void hangTheMachine() throws Exception {
        NodeConfig config = NodeConfig.builder().inFlightMax(100_000).inFlightBytes(1 << 20).build();
        cluster = InMemoryCluster.of(1, () -> new Counter() {
            @Override
            public Result apply(Command command) {
                if (command.payload().get(0) == HANGS) {
                    hangs.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException interrupt) {
                        Thread.currentThread().interrupt();
                    }
                }
                return super.apply(command);
            }
        }, config, UnrecoverableErrorHandler.STOP);
        String address = cluster.node(cluster.leader()).address();
        channel = cluster.network().clients().connect("", address, PATIENCE, this);
        channel.send(new ClientRequest.Execute(1, PATIENCE.toMillis(), Bytes.wrap(new byte[] {HANGS})));
        hangs.await();
    }

    @AfterEach
    void close() {
        release.countDown();
        channel.close();
        cluster.close();
    }

    @Override
    public void replied(List<ClientReply> batch) {
        replies.addAll(batch);
    }

    @Override
    public void closed(String why) { }

    @Test
    void queriesThatWaitAreBounded() throws Exception {
        for (int id = 2; id <= 10_001; id++) {
            channel.send(new ClientRequest.Query(id, 60_000, Consistency.STALE, Bytes.wrap(new byte[100])));
        }
        cluster.await("refusals", () -> replies.size() >= 10_000 - 4_096);
        int refused = replies.size();
        for (ClientReply reply : replies) {
            assertInstanceOf(QueryOutcome.Failed.class, assertInstanceOf(ClientReply.QueryAnswered.class, reply)
                    .outcome());
        }
        NodeStatus waiting = cluster.node("n1").status();
        assertEquals(List.of(10_000L - refused, 0L, (long) refused), counts(waiting));
        release.countDown();
        cluster.await("all answers", () -> replies.size() == 10_001);
        assertEquals(List.of(0L, 10_000L - refused, (long) refused), counts(cluster.node("n1").status()));
        assertEquals(10_000 - refused, replies.stream().filter(reply -> reply instanceof ClientReply.QueryAnswered query
                && query.outcome() instanceof QueryOutcome.Answered).count());
    }

    private static List<Long> counts(NodeStatus status) {
        return List.of(status.queriesWaiting(), status.queriesAnswered(), status.queriesFailed());
    }

    @Test
    void commandsThatWaitAreBoundedByTheirBytes() throws Exception {
        for (int id = 2; id <= 101; id++) {
            byte[] command = new byte[100_000];
            command[0] = 1;
            channel.send(new ClientRequest.Execute(id, PATIENCE.toMillis(), Bytes.wrap(command)));
        }
        cluster.await("refusals", () -> replies.size() >= 90);
        assertEquals(11, cluster.node("n1").status().inFlight());
        Outcome.Rejected rejected = assertInstanceOf(Outcome.Rejected.class, assertInstanceOf(
                ClientReply.CommandAnswered.class, replies.poll(1, TimeUnit.SECONDS)).outcome());
        assertEquals(Outcome.Reason.OVERLOADED, rejected.reason());
        assertTrue(rejected.detail().endsWith("bytes of commands are in flight"), rejected.detail());
        assertTrue(rejected.retryAfter().toMillis() > 0, "when to try again");
    }

    @Test
    void closingWithTheInterruptSetNeitherSpinsNorForgetsIt() throws Exception {
        long[] cpuNs = {0};
        boolean[] kept = {false};
        Thread closing = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            cluster.node("n1").close();
            cpuNs[0] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            kept[0] = Thread.currentThread().isInterrupted();
        });
        closing.join();
        assertTrue(cpuNs[0] < 1_000_000_000L, "spun for " + cpuNs[0] / 1_000_000 + " ms");
        assertTrue(kept[0]);
    }

    @Test
    void everyLocalCommandIsAnsweredWhenTheNodeCloses() throws Exception {
        release.countDown();
        try (RaftClient client = cluster.node("n1").newClient()) {
            CountDownLatch flowing = new CountDownLatch(1_000);
            List<Thread> senders = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(() -> {
                Outcome outcome;
                do {
                    outcome = client.execute(new byte[] {1}, Duration.ofMinutes(1));
                    flowing.countDown();
                } while (outcome instanceof Outcome.Committed);
            })).toList();
            flowing.await();
            cluster.node("n1").close();
            for (Thread sender : senders) {
                assertTrue(sender.join(Duration.ofSeconds(60)), "a command was never answered");
            }
        }
    }
}
