package io.driftless.ops.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node in a process of its own, started by this one with the same JDK and class path. It ends with this process.
 * Thread safe.
 */
public final class ChildNode {

    private static final String MAIN_CLASS = "io.driftless.ops.Driftless";

    private final String name;
    private final Process process;
    private final Path output;

    private ChildNode(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts it; it is not ready yet.
     *
     * @param config  its configuration file
     * @param output  where its log lines go, behind those that are there
     * @param scratch what it removes if this process ends without stopping it, unless that is to be kept
     */
    static ChildNode start(String name, Path config, Path output, ScratchFolder scratch,
            long heapMib) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmFlags.ofNode(heapMib));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN_CLASS, "node", "--config",
                config.toString(),
                "--end-with-stdin"));
        if (!scratch.isKept()) {
            command.addAll(List.of("--then-remove", scratch.path().toString()));
        }
        // The pipe to the child's standard input stays open as long as this process lives, and is never written to.
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()));
        // What is set for another node of this user's would win over the child's file.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DRIFTLESS_"));
        return new ChildNode(name, builder.start(), output);
    }

    /** Its node id. */
    public String name() {
        return name;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process lives. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code of a process that has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL; waits until the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }

    /** SIGTERM, without waiting. */
    public void terminate() {
        // Process.destroy() would also close the pipe, and the child would think that it has lost its parent.
        process.toHandle().destroy();
    }

    /** Waits for its end, through interrupts; false if it has not come in time. */
    public boolean awaitEnd(Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The last lines that it wrote. */
    public List<String> lastLines(int count) {
        try {
            List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException unreadable) {
            return List.of("(" + output + " cannot be read: " + unreadable.getMessage() + ")");
        }
    }
}
