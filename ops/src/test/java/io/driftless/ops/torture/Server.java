package io.driftless.ops.torture;

import static org.awaitility.Awaitility.await;

import io.driftless.ops.process.CommandRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One node of the cluster under test: a process that is started again and again on the same data. Each start writes a
 * log of its own. Ends with this process. One thread at a time strikes it.
 */
final class Server {

    static final int KILLED = 137;
    static final int DISK_FULL = 17;
    static final int FAILED_SYNC = 20;
    static final int CORRUPT = 16;
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration END = Duration.ofSeconds(60);

    private final String name;
    private final Path folder;
    private final List<String> prefix;
    private final Optional<Path> library;
    private int starts;
    private Process process;

    /**
     * Not started yet.
     *
     * @param folder  of the whole episode
     * @param prefix  what runs the command, if anything must
     * @param library see {@link DiskFault}
     */
    Server(String name, Path folder, List<String> prefix, Optional<Path> library) throws IOException {
        this.name = name;
        this.folder = folder;
        this.prefix = prefix;
        this.library = library;
        Files.createDirectory(control());
    }

    String name() {
        return name;
    }

    Path data() {
        return folder.resolve(name);
    }

    /** Where the preloaded library looks. */
    Path control() {
        return folder.resolve(name + ".disk");
    }

    Path config() {
        return folder.resolve(name + ".properties");
    }

    /** Starts it; it is not ready yet. */
    void begin() throws IOException {
        starts++;
        List<String> command = new ArrayList<>(prefix);
        List<String> java = CommandRun.java(folder);
        command.add(java.getFirst());
        // Most of them live for seconds: the second compiler would only take the processors from the others.
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(java.subList(1, java.size()));
        command.addAll(List.of("node", "--config", config().toString(), "--end-with-stdin", "--then-remove",
                folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DRIFTLESS_"));
        builder.environment().put("TORTURE_DISK", control().toString());
        library.ifPresent(file -> builder.environment().put("LD_PRELOAD", file.toString()));
        process = builder.start();
    }

    /** Starts it and waits until it is ready. */
    void start() throws IOException {
        begin();
        awaitLine("ready");
    }

    private Path log() {
        return folder.resolve("%s.%03d.log".formatted(name, starts));
    }

    /** What this start has written. */
    String said() {
        try {
            return Files.readString(log(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Waits for a text in what this start writes; {@link IllegalStateException} if the process ends without it. */
    void awaitLine(String text) {
        try {
            await().atMost(START).pollInterval(Duration.ofMillis(20)).until(() -> {
                boolean alive = process.isAlive();
                if (said().contains(text)) {
                    return true;
                }
                if (!alive) {
                    throw new IllegalStateException(name + " ended with exit code " + process.exitValue()
                            + " instead of saying '" + text + "': " + said());
                }
                return false;
            });
        } catch (ConditionTimeoutException never) {
            throw new IllegalStateException(name + " never said '" + text + "': " + said(), never);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Waits for its end; empty if it still runs then. */
    Optional<Integer> exitCode(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS) ? Optional.of(process.exitValue())
                : Optional.empty();
    }

    /** SIGKILL; whether that is what ended it. */
    boolean kill() {
        return process.destroyForcibly().onExit().join().exitValue() == KILLED;
    }

    /** SIGTERM; {@link IllegalStateException} if it does not end with 0. */
    void stop() throws InterruptedException {
        process.toHandle().destroy();
        Optional<Integer> code = exitCode(END);
        if (!code.equals(Optional.of(0))) {
            throw new IllegalStateException(name + " was stopped, exit code " + code + ": " + said());
        }
    }

    /**
     * SIGSTOP, and SIGCONT when this is closed, or when this process is gone: a shell holds it, behind a pipe. Empty if
     * it did not stop.
     */
    Optional<Pause> pause() throws IOException {
        Process holder = new ProcessBuilder("sh", "-c", "kill -STOP $0; read gone; kill -CONT $0",
                Long.toString(pid())).redirectErrorStream(true).start();
        Pause pause = new Pause(holder);
        try {
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5)).until(() ->
                    Files.readString(Path.of("/proc", Long.toString(pid()), "stat")).matches("(?s).*\\) T .*"));
            return Optional.of(pause);
        } catch (ConditionTimeoutException neverStopped) {
            pause.close();
            return Optional.empty();
        }
    }

    /** A process that stands still. */
    record Pause(Process holder) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            holder.getOutputStream().close();
            holder.onExit().join();
        }
    }
}
