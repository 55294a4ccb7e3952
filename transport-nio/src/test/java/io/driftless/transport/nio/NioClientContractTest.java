package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Command;
import io.driftless.machine.Consistency;
import io.driftless.machine.MachineContext;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.tck.RaftClientContract;
import io.driftless.testkit.InMemoryStorage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of three nodes over TCP. */
@Timeout(180)
class NioClientContractTest extends RaftClientContract {

    private final Members members = Members.parse("n1=" + FreePorts.address() + ",n2=" + FreePorts.address() + ",n3="
            + FreePorts.address());
    private final List<RaftNode> nodes = new ArrayList<>();

    /** Answers each command and each query with itself. */
    private static final class Echo implements StateMachine {
        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return same(command.payload());
        }

        @Override
        public Result query(ByteBuffer query, long appliedIndex) {
            return same(query);
        }

        private static Result same(ByteBuffer from) {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            return Result.ok(bytes);
        }

        @Override
        public void close() { }
    }

    @Override
    protected RaftClient client() {
        for (String name : members.names()) {
            nodes.add(RaftNode.builder("echo", name, members).storage(new InMemoryStorage())
                    .transport(NioTransport.tcp()).stateMachine(Echo::new).start());
        }
        return RaftClient.connect(ClientConfig.builder(members.names().stream().map(members::address).toList(),
                NioTransport.clients()).build());
    }

    /** It would end the connection of everybody who shares it, one member after the other. */
    @Test
    void aQueryThatNoFrameHasRoomForIsRefusedAlone() throws Exception {
        try (RaftClient client = client()) {
            QueryOutcome refused = client.query(new byte[15 << 20], Consistency.STALE, Duration.ofSeconds(60));
            assertEquals(new QueryOutcome.Failed(QueryOutcome.Reason.TOO_LARGE,
                    "the query has 15728640 bytes, far above log.max.entry.bytes"), refused);
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(RaftNode::close);
    }
}
