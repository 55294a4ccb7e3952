package io.driftless.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A running {@link EchoServer} in a JVM of its own. Confined to the thread that starts it, but for {@link #kill}. */
final class EchoProcess {

    private final Process process;

    private EchoProcess(Process process) {
        this.process = process;
    }

    /** Starts the process with this JVM's own class path. It ends by itself when this process does. */
    static EchoProcess start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(java, "-Xmx64m", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), EchoServer.class.getName());
        return new EchoProcess(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /**
     * Waits until it listens.
     *
     * @return its port on the loopback address
     * @throws IOException if it ended before it told
     */
    int port() throws IOException {
        String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        if (line == null) {
            throw new IOException("the echo process ended before it listened");
        }
        return Integer.parseInt(line);
    }

    /** Kills it and waits for its end. Idempotent, any thread. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
