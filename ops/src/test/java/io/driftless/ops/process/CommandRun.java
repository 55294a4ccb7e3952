package io.driftless.ops.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code driftless} command in a process of its own, for tests; its output goes to files. */
public final class CommandRun implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Process process;
    private final Path out;
    private final Path err;

    private CommandRun(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts it with its files, and its folder for temporary files, in {@code folder}. */
    public static CommandRun start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** The same, with more environment variables. */
    public static CommandRun start(Path folder, Map<String, String> environment,
            String... arguments) throws IOException {
        Path out = Files.createTempFile(folder, "run", ".out");
        Path err = Files.createTempFile(folder, "run", ".err");
        List<String> command = new ArrayList<>(java(folder));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DRIFTLESS_"));
        builder.environment().putAll(environment);
        return new CommandRun(builder.start(), out, err);
    }

    /** What starts the command, without its arguments. */
    public static List<String> java(Path temporaryFolder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmFlags.ofNode(512));
        command.add("-Djava.io.tmpdir=" + temporaryFolder);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.driftless.ops.Driftless"));
        return command;
    }

    /** The process. */
    public Process process() {
        return process;
    }

    /** Waits for the end; the exit code. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + LIMIT + "; " + err());
        }
        return process.exitValue();
    }

    /** What it wrote to standard output so far. */
    public String out() {
        return read(out);
    }

    /** What it wrote to standard error so far. */
    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** SIGKILL, if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
