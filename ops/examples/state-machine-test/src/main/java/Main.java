import io.driftless.client.*;
import io.driftless.machine.*;
import io.driftless.sim.*;
import io.driftless.testkit.*;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

public class Main {

    static class Counter implements StateMachine {
        private long n;
        public long open(MachineContext context) { return 0; }
        public Result apply(Command command) {
            n += command.payload().get();
            return Result.ok(Long.toString(n));
        }
        public void close() { }
    }

    static class CounterUnderTest implements MachineUnderTest<Counter> {
        public Counter machine(Path directory) { return new Counter(); }
        public byte[] command(Random random) { return new byte[] {(byte) random.nextInt(100)}; }
        public Object state(Counter counter) { return counter.n; }
    }

    public static void main(String[] arguments) {
        // Twenty simulated clusters: every server, also after a restart, must answer alike and be in the same state.
        Simulation.check(new CounterUnderTest(), 20);

        byte[] one = {1};
        try (var cluster = InMemoryCluster.of(3, Counter::new); var client = cluster.client()) {
            client.execute(one, Duration.ofSeconds(10));
            String leader = cluster.leader();
            // The cluster stands still where the leader has applied the next command and nobody knows.
            try (var pause = cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Applied applied && applied.node().equals(leader))) {
                var outcome = client.submit(one, Duration.ofSeconds(10));
                pause.await();
                System.out.println(leader + " has applied it and is " + cluster.node(leader).status().role()
                        + "; answered: " + outcome.isDone());
                cluster.kill(leader);
            }
            cluster.restart(leader);
            System.out.println(client.execute(one, Duration.ofSeconds(10)));
            cluster.awaitAllApplied();
        }
    }
}
