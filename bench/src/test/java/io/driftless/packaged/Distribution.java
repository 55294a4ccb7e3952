package io.driftless.packaged;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The folder that the build laid out, and programs run on it. Stateless. */
final class Distribution {

    /** What a program printed, and how it ended. */
    record Run(int exit, String out, String err) { }

    private Distribution() { }

    /** The top of the checkout. */
    static Path top() {
        return Path.of(System.getProperty("driftless.top"));
    }

    /** The folder itself. */
    static Path folder() {
        return top().resolve("ops/target/driftless");
    }

    /** The jars in a folder below it, by file name. */
    static TreeSet<String> jars(String below) throws IOException {
        try (var files = Files.list(folder().resolve(below))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".jar"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The artifact that a jar is: its name without the version. */
    static String artifact(String jar) {
        return jar.replaceFirst("-\\d[^/]*\\.jar$", "");
    }

    /** Runs a program to its end, its output in files of a folder. */
    static Run run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "run", ".out");
        Path err = Files.createTempFile(folder, "run", ".err");
        Process process = new ProcessBuilder(new ArrayList<>(command)).directory(folder.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end");
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
