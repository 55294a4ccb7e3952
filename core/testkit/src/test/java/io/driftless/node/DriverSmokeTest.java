package io.driftless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.Outcome;
import io.driftless.log.Bytes;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DriverSmokeTest {

    static final class Counter implements StateMachine {
        private long n;

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public boolean appliesInline() {
            return true;
        }

        @Override
        public Result apply(Command command) {
            n += command.payload().get();
            return Result.ok(Long.toString(n).getBytes());
        }

        @Override
        public void close() { }
    }

    @Test
    void threeNodesElectALeaderAndCommit() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork();
        Members members = Members.parse("n1=a:1,n2=b:1,n3=c:1");
        List<RaftNode> nodes = new ArrayList<>();
        for (String name : members.names()) {
            nodes.add(RaftNode.builder("test", name, members).stateMachine(Counter::new).storage(new InMemoryStorage()).transport(network.factory())
                    .listener(new NodeListener() {
                        @Override
                        public void info(String message) {
                            System.err.println(name + " " + message);
                        }

                        @Override
                        public void warning(String message) {
                            System.err.println(name + " W " + message);
                        }
                    }).start());
        }
        for (RaftNode node : nodes) {
            assertTrue(node.awaitLeader(Duration.ofSeconds(10)), () -> node.status().toString());
        }
        String leader = nodes.getFirst().status().leaderAddress();
        BlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
        ClientChannel channel = network.factory().clients().connect("test", leader, Duration.ofSeconds(1), new ClientTransport.Listener() {
            @Override
            public void replied(List<ClientReply> list) {
                replies.addAll(list);
            }

            @Override
            public void closed(String why) { }
        });
        for (int round = 0; round < 2; round++) {
            long begin = System.nanoTime();
            for (int i = 1; i <= 20_000; i++) {
                channel.send(new ClientRequest.Execute(i, 5000, Bytes.wrap(new byte[] {1})));
                var reply = (ClientReply.Executed) replies.poll(10, TimeUnit.SECONDS);
                assertEquals(i + round * 20_000, Long.parseLong(assertInstanceOf(Outcome.Committed.class, reply.outcome()).result().text()));
            }
            System.err.println("us per command " + (System.nanoTime() - begin) / 20_000 / 1000.0);
        }
        for (RaftNode node : nodes) {
            System.err.println(node.status());
        }
        for (RaftNode node : nodes) {
            node.close();
        }
    }
}
