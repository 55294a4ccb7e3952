package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryStorage;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node over TCP whose disk hangs: its connections go on. */
@Timeout(120)
class NioStuckDiskTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MANY = 1_500;

    /** Does nothing. */
    private static final class Nothing implements StateMachine {
        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok(new byte[0]);
        }

        @Override
        public Result query(ByteBuffer query, long appliedIndex) {
            return Result.ok(new byte[0]);
        }

        @Override
        public void close() { }
    }

    private static ClientRequest command(long id) {
        return new ClientRequest.Execute(id, PATIENCE.toMillis(), Bytes.wrap(new byte[1]));
    }

    /** The next reply to a command. */
    private static ClientReply.CommandAnswered answered(BlockingQueue<ClientReply> replies)
            throws InterruptedException {
        return assertInstanceOf(ClientReply.CommandAnswered.class, replies.poll(PATIENCE.toSeconds(),
                TimeUnit.SECONDS));
    }

    /** Until one is committed: a leader that a pause has deposed rejects what comes before it leads again. */
    private static long commit(ClientChannel connection, BlockingQueue<ClientReply> replies)
            throws InterruptedException {
        for (long id = 1;; id++) {
            connection.send(command(id));
            if (answered(replies).outcome() instanceof Outcome.Committed) {
                return id;
            }
        }
    }

    /** Keeps the replies. */
    private static ClientTransport.Listener into(BlockingQueue<ClientReply> replies) {
        return new ClientTransport.Listener() {
            @Override
            public void replied(List<ClientReply> batch) {
                replies.addAll(batch);
            }

            @Override
            public void closed(String why) { }
        };
    }

    @Test
    void aConnectionWhoseCommandHangsInTheDiskIsReadOn() throws Exception {
        BlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        InMemoryStorage disk = new InMemoryStorage();
        try (RaftNode node = RaftNode.builder("stuck", "n1", Members.parse("n1=" + FreePorts.address())).storage(disk)
                .transport(NioTransport.tcp()).stateMachine(Nothing::new).start()) {
            assertTrue(node.awaitLeader(PATIENCE));
            try (ClientChannel connection = NioTransport.clients()
                    .connect("stuck", node.address(), PATIENCE, into(replies))) {
                long last = commit(connection, replies) + 1;
                disk.beforeSync(() -> {
                    reached.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException interrupt) {
                        Thread.currentThread().interrupt();
                    }
                });
                connection.send(command(last));
                long unanswered = 1;
                while (!reached.await(20, TimeUnit.MILLISECONDS)) {
                    if (replies.poll() != null) {
                        // It does not lead just now.
                        last++;
                        connection.send(command(last));
                    }
                }
                // However many of them wait for it.
                for (int i = 0; i < MANY; i++) {
                    last++;
                    connection.send(command(last));
                    unanswered++;
                }
                connection.send(new ClientRequest.Status(last + 1));
                // It may lead no more by now, and tells the last of them so.
                ClientReply reply = replies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                while (reply instanceof ClientReply.CommandAnswered(long id, Outcome outcome, String leader)) {
                    assertInstanceOf(Outcome.Rejected.class, outcome);
                    unanswered--;
                    reply = replies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }
                assertInstanceOf(ClientReply.StatusAnswered.class, reply);
                release.countDown();
                for (; unanswered > 0; unanswered--) {
                    answered(replies);
                }
            } finally {
                release.countDown();
            }
        }
    }
}
