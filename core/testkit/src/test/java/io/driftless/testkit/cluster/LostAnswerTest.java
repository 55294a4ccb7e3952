package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeConfig;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The answer to a command is lost with its connection: the client gets it again, whatever others have kept (R21). */
@Timeout(180)
class LostAnswerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ALL_RESULT_BYTES = 1 << 16;
    private static final int COUNTED_BESIDE = 96;
    private static final int SMALL = 200;

    private final AtomicInteger executed = new AtomicInteger();
    private final AtomicBoolean losesNext = new AtomicBoolean();

    /** Its answer is as long as the command. */
    private final class Echo implements StateMachine {
        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            executed.incrementAndGet();
            return Result.ok(new byte[command.payload().remaining()]);
        }

        @Override
        public void close() { }
    }

    /** Breaks the connection instead of handing over an answer, once it is asked to. */
    private final class Losing implements ClientTransport {
        private final ClientTransport under;

        Losing(ClientTransport under) {
            this.under = under;
        }

        @Override
        public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
                throws IOException {
            CompletableFuture<ClientChannel> made = new CompletableFuture<>();
            ClientChannel channel = under.connect(clusterId, address, timeout, new Listener() {
                @Override
                public void replied(List<ClientReply> replies) {
                    if (replies.stream().anyMatch(reply -> reply instanceof ClientReply.CommandAnswered)
                            && losesNext.compareAndSet(true, false)) {
                        made.join().close();
                    } else {
                        listener.replied(replies);
                    }
                }

                @Override
                public void closed(String why) {
                    listener.closed(why);
                }
            });
            made.complete(channel);
            return channel;
        }
    }

    @Test
    void r21AnIdleClientThatFilledTheRoomOfAllTakesNoOthersRetry() {
        NodeConfig config = NodeConfig.builder().sessionResultBytes(ALL_RESULT_BYTES).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Echo::new, config, UnrecoverableErrorHandler.STOP);
                RaftClient idle = cluster.client();
                RaftClient other = RaftClient.connect(ClientConfig.builder(
                        cluster.node(cluster.names().getFirst()).address(),
                        new Losing(cluster.network().clients())).build())) {
            committed(idle, ALL_RESULT_BYTES - COUNTED_BESIDE);
            losesNext.set(true);
            committed(other, SMALL);
            assertEquals(2, executed.get());
            assertEquals(SMALL + COUNTED_BESIDE, cluster.node(cluster.names().getFirst()).status().sessionBytes());
        }
    }

    private static void committed(RaftClient client, int bytes) {
        Outcome.Committed answer = assertInstanceOf(Outcome.Committed.class, client.execute(new byte[bytes], PATIENCE));
        assertEquals(bytes, answer.result().value().length);
    }
}
