package io.driftless.ops;

import io.driftless.ops.command.CommandTree;
import io.driftless.ops.console.Console;
import java.util.Locale;

/** The {@code driftless} command. */
public final class Driftless {

    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    private Driftless() { }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // One language, and its digits, whatever the locale: scripts read the lines, and people compare them.
        Locale.setDefault(Locale.ROOT);
        // A node writes what happens to it; beside the output of any other command, only trouble belongs. Must be set
        // before the first logger exists.
        if (System.getProperty(LOG_LEVEL) == null && !(arguments.length > 0 && arguments[0].equals("node"))) {
            System.setProperty(LOG_LEVEL, "warn");
        }
        System.exit(CommandTree.execute(Console.ofProcess(), arguments));
    }
}
