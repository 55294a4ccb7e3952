package io.driftless.ops.command;

import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.demo.Demo;
import io.driftless.ops.demo.DemoInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code driftless demo}: three node processes, a text, and a killed leader. */
@Command(name = "demo", sortOptions = false,
        description = {"Starts nodes, kills their leader, and shows that nothing is lost.",
            "Node processes on loopback replicate every line of a text; half way the leader is killed with SIGKILL,",
            "and later restarted; at the end every node's state is compared with the text, line by line.",
            "Leaves no process and no folder behind.",
            "'driftless demo bank' moves money instead, and kills one leader after the other."},
        footer = {"", "Ends with 0 only if everything was verified.", "", "Example:",
        "  driftless demo --input /etc/services --json"})
final class DemoCommand implements Callable<Integer> {

    private static final int NODES_MAX = 9;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--input", paramLabel = "FILE", description =
            "The text; any bytes. Default: a novel of 8,328 lines that comes along.")
    private @Nullable Path input;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "How many nodes, 1 to " + NODES_MAX
            + ". Default: ${DEFAULT-VALUE}.")
    private int nodes;

    @Option(names = "--keep", description =
            "Keep the folder with configuration, data and log lines of the nodes, and say where it is.")
    private boolean keep;

    @Option(names = "--json", description = "The verdict as one JSON object on standard output.")
    private boolean json;

    private final Console console;

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (nodes < 1 || nodes > NODES_MAX) {
            throw CommandFailedException.usage("--nodes: " + nodes + " is not between 1 and " + NODES_MAX);
        }
        DemoInput text = input == null ? DemoInput.shipped() : DemoInput.read(input);
        return new Demo(console, text, nodes, keep).run(json) ? 0 : 1;
    }
}
