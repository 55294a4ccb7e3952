package io.driftless.ops.command;

import io.driftless.node.NodeSettings;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.MachineSource;
import io.driftless.ops.process.NodeProcess;
import io.driftless.ops.process.ParentPipe;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code driftless node}: one node in the foreground. */
@Command(name = "node", sortOptions = false, description = "Runs one node in the foreground, until SIGTERM or SIGINT.",
        footer = {"", "Exit codes: 0 stopped, 2 configuration, 10 port in use, 11 data locked, 12 unwritable,",
            "13 other cluster or node, 14 other format, 15 members differ, 16 corrupt, 17 disk full,",
            "18 no thread, descriptor or native memory, 20 failed sync, 21 state machine, 22 invariant,",
            "23 lost acknowledged data.", "",
            "Example:", "  driftless node --config /etc/driftless/n1.properties"})
final class NodeCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--config", paramLabel = "FILE", required = true,
            description = {"Its configuration; conf/node.properties.example explains every key.",
                "DRIFTLESS_NODE_ID and its like win over the file."})
    private Path config = Path.of("");

    @Option(names = "--check", description =
            "Only check the configuration, and that its state machine can be made: every problem is listed, exit code "
            + "2 if there is any.")
    private boolean check;

    @Option(names = "--accept-loss", description =
        "Let this server vote again although it is in doubt: entries that it acknowledged, lost in a power cut, and "
        + "that no other server has are given up. Only for a cluster of which 'driftless status' says that it needs "
        + "this.")
    private boolean acceptLoss;

    @Option(names = "--end-with-stdin", hidden = true, description =
            "End when standard input does: the node belongs to the process that started it.")
    private boolean endWithStdin;

    @Option(names = "--then-remove", paramLabel = "FOLDER", hidden = true, description =
            "With --end-with-stdin: then remove this scratch folder.")
    private @Nullable Path scratch;

    private final Console console;

    NodeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        NodeSettings settings = NodeSettings.load(config, System.getenv());
        MachineSource machines = MachineSource.of(settings);
        if (check) {
            settings.warnings().forEach(warning -> console.note("warning: " + warning));
            console.line("configuration ok: node " + settings.nodeId() + " of cluster " + settings.clusterId() + " at "
                    + settings.listenAddress() + ", state machine " + machines.description());
            return 0;
        }
        return new NodeProcess(settings, machines, acceptLoss).run(parentPipe());
    }

    private ParentPipe parentPipe() {
        ParentPipe pipe = endWithStdin ? ParentPipe.standardInput() : ParentPipe.none();
        try {
            return scratch == null ? pipe : pipe.thenRemove(scratch);
        } catch (IllegalArgumentException wrong) {
            throw CommandFailedException.usage("--then-remove: " + wrong.getMessage());
        }
    }
}
