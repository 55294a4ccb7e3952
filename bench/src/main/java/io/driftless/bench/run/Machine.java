package io.driftless.bench.run;

import io.driftless.ops.BuildInfo;
import io.driftless.ops.console.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** In one line, what a number was measured on: a number without it says nothing. */
public final class Machine {

    private Machine() { }

    /** Version, JDK, system, cores, and the file system of {@code data}. */
    public static String describe(Path data) throws IOException {
        return BuildInfo.describe() + ", " + Runtime.getRuntime().availableProcessors() + " cores, "
                + Files.getFileStore(data).type();
    }

    /** Warns if a force in {@code data} reaches no disk at all, so that nothing durable can be measured there. */
    public static void warnIfInMemory(Path data, Console console) throws IOException {
        if (Files.getFileStore(data).type().endsWith("tmpfs")) {
            console.note("bench: warning: " + data
                    + " is in memory, where nothing is durable; choose a disk with --dir");
        }
    }
}
