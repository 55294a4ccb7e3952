import io.driftless.client.*;
import io.driftless.machine.Outcome;
import io.driftless.transport.nio.NioTransport;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Has the cluster add 5, as often as it is told: Caller n1=HOST:PORT,n2=HOST:PORT,n3=HOST:PORT TIMES. */
public class Caller {
    public static void main(String[] args) throws InterruptedException {
        var config = ClientConfig.builder(args[0], NioTransport.clients()).clusterId("sum").build();
        try (var client = RaftClient.connect(config)) {
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                add(client, 5);
            }
        }
    }

    /** Sends it again only while it is certain that it was not added. */
    private static void add(RaftClient client, long number) throws InterruptedException {
        while (true) {
            byte[] command = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
            switch (client.execute(command, Duration.ofSeconds(10))) {
                case Outcome.Committed(var index, var result) when result.isOk() -> {
                    System.out.println("sum is " + result.text());
                    return;
                }
                case Outcome.Committed(var index, var result) ->
                    throw new IllegalStateException("the state machine refused it: " + result.text());
                case Outcome.Rejected(var reason, var detail, var retryAfter) -> {
                    System.err.println("not added: " + reason + ", " + detail);
                    switch (reason) {
                        case NO_LEADER, UNREACHABLE, OVERLOADED -> Thread.sleep(Math.max(100, retryAfter.toMillis()));
                        default -> throw new IllegalStateException("sending it again would not help");
                    }
                }
                case Outcome.Unknown(var why) ->
                    throw new IllegalStateException("perhaps added, perhaps not: " + why);
            }
        }
    }
}
