package io.driftless.ops.command;

import io.driftless.errors.ConfigException;
import io.driftless.errors.DriftlessException;
import io.driftless.ops.BuildInfo;
import io.driftless.ops.console.ClosedPipeException;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.console.UsageProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** All commands, and how each of them ends. */
@Command(name = "driftless", synopsisSubcommandLabel = "COMMAND", versionProvider = CommandTree.Version.class,
        sortOptions = false,
        description = "Runs and inspects a replicated state machine (Raft).",
        footer = {"", "Exit codes: 0 done, 1 the operation failed, 2 bad usage or configuration;",
            "'driftless node --help' lists those of a node.",
            "", "Example:", "  driftless demo"})
public final class CommandTree extends CommandGroup {

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show version, commit and JDK.")
    private boolean version;

    private CommandTree() { }

    /** Runs the command that the arguments name; returns its exit code. */
    public static int execute(Console console, String... arguments) {
        PrintWriter out = new PrintWriter(console.out(), true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(console.err(), true, StandardCharsets.UTF_8);
        CommandLine kv = new CommandLine(new KvCommands())
                .addSubcommand(new KvSubcommands.Put(console))
                .addSubcommand(new KvSubcommands.Get(console))
                .addSubcommand(new KvSubcommands.Cas(console))
                .addSubcommand(new KvSubcommands.Delete(console))
                .addSubcommand(new KvSubcommands.Quota(console))
                .addSubcommand(new KvScanCommand(console))
                .addSubcommand(new KvImportCommand(console))
                .addSubcommand(new KvLoadCommand(console))
                .addSubcommand(new KvShellCommand(console));
        CommandLine log = new CommandLine(new LogCommands())
                .addSubcommand(new LogDumpCommand(console))
                .addSubcommand(new LogVerifyCommand(console))
                .addSubcommand(new LogStatCommand(console));
        CommandLine snapshot = new CommandLine(new SnapshotCommands())
                .addSubcommand(new SnapshotDumpCommand(console))
                .addSubcommand(new SnapshotVerifyCommand(console));
        CommandLine admin = new CommandLine(new AdminCommands())
                .addSubcommand(new AdminSnapshotCommand(console))
                .addSubcommand(new AdminTransferCommand(console));
        CommandLine commands = new CommandLine(new CommandTree())
                .addSubcommand(new CommandLine(new DemoCommand(console)).addSubcommand(new DemoBankCommand(console)))
                .addSubcommand(new NodeCommand(console))
                .addSubcommand(kv)
                .addSubcommand(new StatusCommand(console))
                .addSubcommand(admin)
                .addSubcommand(log)
                .addSubcommand(snapshot)
                .addSubcommand(new SimCommand(console))
                .addSubcommand(new BenchCommand())
                .addSubcommand(new HelpCommand());
        // A value may begin with an at sign; it names no file of arguments.
        return commands.setOut(out).setErr(err).setExpandAtFiles(false)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpWidth(110)
                .registerConverter(Duration.class, Durations::parse)
                .registerConverter(Integer.class, Numbers::parseInt)
                .registerConverter(Integer.TYPE, Numbers::parseInt)
                .registerConverter(Long.class, Numbers::parseLong)
                .registerConverter(Long.TYPE, Numbers::parseLong)
                .setParameterExceptionHandler(new UsageProblem())
                .setExecutionExceptionHandler((thrown, commandLine, parsed) -> ended(console, thrown))
                .execute(arguments);
    }

    /** One line for what was to be expected, everything for what was not. */
    private static int ended(Console console, Exception thrown) {
        return switch (thrown) {
            case CommandFailedException failed -> {
                console.note("driftless: " + failed.getMessage());
                yield failed.exitCode();
            }
            case ConfigException config -> {
                config.problems().forEach(console::note);
                yield CommandFailedException.USAGE;
            }
            case DriftlessException trouble -> {
                console.note("driftless: " + trouble.getMessage());
                yield CommandFailedException.FAILED;
            }
            case ClosedPipeException quiet -> CommandFailedException.FAILED;
            case InterruptedException interrupted -> {
                console.note("driftless: interrupted");
                yield CommandFailedException.FAILED;
            }
            case IOException io -> {
                console.note("driftless: " + IoProblem.words(io));
                yield CommandFailedException.FAILED;
            }
            case Exception unexpected -> {
                console.note("driftless: an error that should not be; please report it:");
                unexpected.printStackTrace(console.err());
                yield CommandFailedException.FAILED;
            }
        };
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {BuildInfo.describe()};
        }
    }
}
