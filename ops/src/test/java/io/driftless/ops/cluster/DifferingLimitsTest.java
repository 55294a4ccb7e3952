package io.driftless.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeRole;
import io.driftless.node.RaftNode;
import io.driftless.transport.nio.NioTransport;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One node takes larger commands than the others are configured for: they store them all the same. */
class DifferingLimitsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RaftNode> nodes = new ArrayList<>();

    @AfterEach
    void closeAll() {
        nodes.forEach(RaftNode::close);
    }

    @Test
    void aLargerCommandThanTheFollowersTakeGoesThroughAndTheClusterGoesOn(@TempDir Path folder) throws IOException {
        StringBuilder members = new StringBuilder();
        StringBuilder addresses = new StringBuilder();
        for (int number = 1; number <= 3; number++) {
            try (ServerSocket free = new ServerSocket(0)) {
                String comma = number == 1 ? "" : ",";
                members.append(comma).append('n').append(number).append("=127.0.0.1:").append(free.getLocalPort());
                addresses.append(comma).append("127.0.0.1:").append(free.getLocalPort());
            }
        }
        for (int number = 1; number <= 3; number++) {
            NodeConfig.Builder config = NodeConfig.builder();
            if (number == 1) {
                config.entryBytesMax(8 << 20);
            } else {
                // Only n1 campaigns while it runs.
                config.segmentBytes(1 << 20).entryBytesMax(64 << 10)
                        .electionTimeout(Duration.ofSeconds(10), Duration.ofSeconds(20));
            }
            nodes.add(RaftNode.builder("limits", "n" + number, Members.parse(members.toString()))
                    .storage(MmapStorage.at(folder.resolve("n" + number))).transport(NioTransport.tcp())
                    .stateMachine(Lengths::new).config(config.build()).start());
        }
        Awaitility.await().atMost(PATIENCE).until(() -> nodes.getFirst().status().role() == NodeRole.LEADER);
        try (RaftClient client = RaftClient.connect(ClientConfig.builder(addresses.toString(),
                NioTransport.clients()).build())) {
            for (int length : new int[] {10, 4_000_000, 20, 7_900_000, 30}) {
                Outcome outcome = client.execute(new byte[length], PATIENCE);
                assertInstanceOf(Outcome.Committed.class, outcome, outcome.toString());
            }
        }
        long last = nodes.getFirst().status().commitIndex();
        Awaitility.await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(node -> node.status().lastApplied()
                == last && node.status().durableIndex() == last));
        assertEquals(NodeRole.LEADER, nodes.getFirst().status().role());
    }

    /** Answers how long a command is. */
    private static final class Lengths implements StateMachine {

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok(new byte[] {1});
        }

        @Override
        public void close() { }
    }
}
