import io.driftless.client.*;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.machine.*;
import io.driftless.node.*;
import io.driftless.transport.nio.NioTransport;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

public class Main {
    static class Counter implements StateMachine {
        private long n;

        public long open(MachineContext context) {
            return 0;   // keeps nothing itself: the log is replayed
        }

        public Result apply(Command command) {
            if (command.payload().remaining() != 8) {
                return Result.failed(1, "a command is 8 bytes");   // to throw would end every server
            }
            n += command.payload().getLong();
            return Result.ok(Long.toString(n));
        }

        public void close() { }
    }

    public static void main(String[] args) {
        try (var node = RaftNode.builder("demo", "n1", Members.of("n1", "127.0.0.1:7001")).stateMachine(Counter::new)
                .storage(MmapStorage.at(Path.of("data"))).transport(NioTransport.tcp()).start();
                var client = node.newClient()) {
            byte[] five = ByteBuffer.allocate(8).putLong(5).array();
            switch (client.execute(five, Duration.ofSeconds(5))) {
                case Outcome.Committed(var index, var result) -> System.out.println("count is " + result.text());
                case Outcome.Rejected(var reason, var detail, var after) ->
                    System.out.println("not executed: " + detail);
                case Outcome.Unknown(var why) ->
                    System.out.println("perhaps executed: " + why);
            }
        }
    }
}
