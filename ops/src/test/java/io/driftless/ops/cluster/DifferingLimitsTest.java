package io.driftless.ops.cluster;

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
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.ops.process.LoopbackPorts;
import io.driftless.transport.nio.NioTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
        List<Integer> ports = LoopbackPorts.free(3);
        String addresses = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        String members = IntStream.rangeClosed(1, 3).mapToObj(number -> "n" + number + "=127.0.0.1:"
                + ports.get(number - 1)).collect(Collectors.joining(","));
        for (int number = 1; number <= 3; number++) {
            NodeConfig.Builder config = NodeConfig.builder();
            if (number == 1) {
                // A pause of this machine must not depose it: the others would not vote for it for some ten seconds.
                config.entryBytesMax(8 << 20).electionTimeout(Duration.ofSeconds(4), Duration.ofSeconds(5));
            } else {
                // Only n1 campaigns while it runs.
                config.segmentBytes(1 << 20).entryBytesMax(64 << 10)
                        .electionTimeout(Duration.ofSeconds(10), Duration.ofSeconds(20));
            }
            nodes.add(RaftNode.builder("limits", "n" + number, Members.parse(members))
                    .storage(MmapStorage.at(folder.resolve("n" + number))).transport(NioTransport.tcp())
                    .stateMachine(Lengths::new).config(config.build()).start());
        }
        Awaitility.await().atMost(PATIENCE).until(() -> nodes.getFirst().status().role() == NodeRole.LEADER);
        try (RaftClient client = RaftClient.connect(ClientConfig.builder(addresses,
                NioTransport.clients()).build())) {
            for (int length : new int[] {10, 4_000_000, 20, 7_900_000, 30}) {
                Outcome outcome = client.execute(new byte[length], PATIENCE);
                assertInstanceOf(Outcome.Committed.class, outcome, outcome.toString());
            }
        }
        // A leader that is elected anew meanwhile commits one more entry.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            NodeStatus leader = nodes.getFirst().status();
            return leader.role() == NodeRole.LEADER && leader.commitIndex() == leader.lastIndex()
                    && nodes.stream().map(RaftNode::status).allMatch(status -> status.lastApplied()
                    == leader.lastIndex() && status.durableIndex() == leader.lastIndex());
        });
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
