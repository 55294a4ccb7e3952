import io.driftless.errors.*;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.machine.*;
import io.driftless.node.*;
import io.driftless.transport.nio.NioTransport;
import java.nio.file.Path;

/** One member of a cluster that adds numbers. The file that it is given says which one. */
public class Node {
    static class Sum implements StateMachine {
        private long sum;

        public long open(MachineContext context) {
            return 0;   // keeps nothing itself: the log is replayed
        }

        public Result apply(Command command) {
            if (command.payload().remaining() != Long.BYTES) {
                return Result.failed(1, "a command is 8 bytes");   // to throw would end every server
            }
            sum += command.payload().getLong();
            return Result.ok(Long.toString(sum));
        }

        public void close() { }
    }

    public static void main(String[] args) {
        System.exit(run(Path.of(args[0])));
    }

    /** Runs a node until it ends; returns the exit code. */
    private static int run(Path file) {
        RaftNode node;
        try {
            NodeSettings settings = NodeSettings.load(file, System.getenv());
            settings.warnings().forEach(System.err::println);
            node = RaftNode.builder(settings).stateMachine(Sum::new)
                    .storage(MmapStorage.at(settings.dataDir())).transport(NioTransport.tcp()).start();
        } catch (ConfigException wrong) {
            System.err.println(wrong.getMessage());
            return EndCause.CONFIGURATION.exitCode();
        } catch (NodeStartException refused) {
            System.err.println("not started: " + refused.getMessage());
            return refused.endCause().exitCode();
        }
        // Ctrl-C and SIGTERM: what was read from clients is answered, and the log is closed.
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        return node.ended().join().exitCode();
    }
}
