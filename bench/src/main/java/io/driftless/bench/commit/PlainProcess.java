package io.driftless.bench.commit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Another process that a floor needs, in a JVM of its own: its main class prints the port that it listens on and ends
 * when its standard input does, so that it never outlives the process that started it. Confined to the thread that
 * starts it, but for {@link #kill}.
 */
final class PlainProcess {

    private final Process process;
    private final String name;

    private PlainProcess(Process process, String name) {
        this.process = process;
        this.name = name;
    }

    /** Starts {@code main} with this JVM's own class path. */
    static PlainProcess start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), main.getName()));
        Collections.addAll(command, args);
        return new PlainProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(),
                main.getSimpleName());
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
            throw new IOException("the process " + name + " ended before it listened");
        }
        return Integer.parseInt(line);
    }

    /** Kills it and waits for its end. Idempotent, any thread. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** A connection to another process. */
    static SocketChannel connect(int port) throws IOException {
        return prompt(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /** In the other process: waits for a connection. */
    static SocketChannel accept(ServerSocketChannel server) throws IOException {
        return prompt(server.accept());
    }

    private static SocketChannel prompt(SocketChannel channel) throws IOException {
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** In the other process: a server socket on a free port of the loopback address. */
    static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** In the other process: tells the port, and ends the process when whoever started it has ended. */
    static void serveUntilInputEnds(ServerSocketChannel server) throws IOException {
        System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
        while (System.in.read() >= 0) {
            // Only the end matters.
        }
        System.exit(0);
    }
}
