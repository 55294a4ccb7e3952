package io.driftless.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** In one line, what a number was measured on: a number without it says nothing. */
final class Machine {

    private Machine() { }

    /** Version, JDK, system, cores, and the file system of {@code data}. */
    static String describe(Path data) throws IOException {
        return "driftless %s, JDK %s, %s %s %s, %d cores, %s".formatted(
                Optional.ofNullable(Machine.class.getPackage().getImplementationVersion()).orElse("unpackaged"),
                System.getProperty("java.version"), System.getProperty("os.name"), System.getProperty("os.version"), System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(), Files.getFileStore(data).type());
    }

    /** Whether a force in {@code data} reaches no disk at all, so that a durable commit cannot be measured there. */
    static boolean inMemory(Path data) throws IOException {
        return Files.getFileStore(data).type().endsWith("tmpfs");
    }
}
