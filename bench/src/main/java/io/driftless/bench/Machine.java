package io.driftless.bench;

import io.driftless.ops.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** In one line, what a number was measured on: a number without it says nothing. */
final class Machine {

    private Machine() { }

    /** Version, JDK, system, cores, and the file system of {@code data}. */
    static String describe(Path data) throws IOException {
        return BuildInfo.describe() + ", " + Runtime.getRuntime().availableProcessors() + " cores, "
                + Files.getFileStore(data).type();
    }

    /** Whether a force in {@code data} reaches no disk at all, so that a durable commit cannot be measured there. */
    static boolean isInMemory(Path data) throws IOException {
        return Files.getFileStore(data).type().endsWith("tmpfs");
    }
}
