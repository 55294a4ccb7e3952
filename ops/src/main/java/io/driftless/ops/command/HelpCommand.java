package io.driftless.ops.command;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code driftless help kv put}: what {@code driftless kv put --help} prints. */
@Command(name = "help", sortOptions = false, description = "Shows the help of a command.",
        footer = {"", "Example:", "  driftless help kv put"})
final class HelpCommand implements Runnable {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command, in one word or two.")
    private List<String> words = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        CommandLine named = spec.parent().commandLine();
        for (String word : words) {
            CommandLine next = named.getSubcommands().get(word);
            if (next == null) {
                throw new ParameterException(named, "there is no command '" + word + "'");
            }
            named = next;
        }
        named.usage(spec.commandLine().getOut());
    }
}
