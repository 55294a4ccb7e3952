package io.driftless.ops.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What a preloaded library does to a node's disk while a file of a certain name is there (src/test/c/diskfaults.c). */
enum DiskFault {
    /** Syncs report an error. */
    SYNC_FAILS("sync.fails"),
    /** Syncs do not return. */
    SYNC_HANGS("sync.hangs"),
    /** Writes find no room. */
    FULL("disk.full");

    private static final long COMPILE_S = 60;

    private final String file;

    DiskFault(String file) {
        this.file = file;
    }

    /** Whether there is a C compiler. */
    static boolean isPossible() throws InterruptedException {
        try {
            return new ProcessBuilder("gcc", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException noCompiler) {
            return false;
        }
    }

    /** Compiles the library into a folder; empty if there is no C compiler here. */
    static Optional<Path> library(Path folder) throws IOException, InterruptedException {
        Path source = Path.of(System.getProperty("driftless.top"), "ops", "src", "test", "c", "diskfaults.c");
        Path library = folder.resolve("libdiskfaults.so");
        if (!isPossible()) {
            return Optional.empty();
        }
        Process compiler = new ProcessBuilder(List.of("gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o",
                library.toString(), source.toString(), "-ldl")).inheritIO().start();
        if (!compiler.waitFor(COMPILE_S, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            throw new IOException("gcc cannot compile " + source);
        }
        return Optional.of(library);
    }

    void begin(Path control) throws IOException {
        Files.deleteIfExists(struck(control));
        Files.createFile(control.resolve(file));
    }

    void end(Path control) throws IOException {
        Files.deleteIfExists(control.resolve(file));
    }

    boolean hasStruck(Path control) {
        return Files.exists(struck(control));
    }

    private Path struck(Path control) {
        return control.resolve(file + ".struck");
    }
}
