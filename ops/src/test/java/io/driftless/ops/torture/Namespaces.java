package io.driftless.ops.torture;

import io.driftless.ops.process.CommandRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A world of network namespaces on one bridge, with a small tmpfs for each node's data. Cuts are routes that swallow
 * packets: the kernels' TCP finds out by itself. Needs root; runs in a process that has network and mount namespaces of
 * its own ({@link NamespaceTorture}), and goes with it.
 */
final class Namespaces implements World, Links {

    private static final String NET = "10.77.0.";
    private static final int PORT = 7000;
    private static final int OUTSIDE = 254;
    private static final int CHUNK = 64 << 10;
    private static final long COMMAND_S = 20;

    private final Path folder;
    private final AtomicLong cuts = new AtomicLong();

    /** Sets everything up; the nodes' data will be below {@code folder}. */
    Namespaces(Path folder) throws IOException {
        this.folder = folder;
        run("ip link add br0 type bridge");
        run("ip addr add " + NET + OUTSIDE + "/24 dev br0");
        run("ip link set br0 up");
        for (int i = 1; i <= Trio.NODES; i++) {
            run("ip netns add n" + i);
            run("ip link add eth0 netns n" + i + " type veth peer name v" + i);
            run("ip link set v" + i + " master br0 up");
            run("ip -n n" + i + " addr add " + NET + i + "/24 dev eth0");
            run("ip -n n" + i + " link set eth0 up");
            run("ip -n n" + i + " link set lo up");
            Path data = Files.createDirectory(folder.resolve("n" + i));
            run("mount -t tmpfs -o size=24m tmpfs " + data);
        }
    }

    /**
     * Runs a main class in network and mount namespaces of its own, and prints what it has written; its exit code.
     *
     * @param temporary where its JVM puts files, and its output goes
     * @throws IOException if it does not end within {@code limitS} seconds
     */
    static int run(Class<?> main, Path temporary, long limitS, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--net", "--propagation", "private",
                "sh", "-c", "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec \"$@\"", "sh"));
        command.addAll(CommandRun.java(temporary));
        command.removeLast();
        command.addAll(List.of("-Ddriftless.top=" + System.getProperty("driftless.top"), main.getName()));
        command.addAll(List.of(arguments));
        Path output = temporary.resolve(main.getSimpleName() + ".out");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                .start();
        try {
            boolean hasEnded = process.waitFor(limitS, TimeUnit.SECONDS);
            System.out.print(Files.readString(output));
            if (!hasEnded) {
                throw new IOException(main.getName() + " does not end");
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    /** For such a main class: has it end when its standard input does. */
    static void endWithParent() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nothing is ever said through it.
                }
            } catch (IOException gone) {
                // The same as its end.
            }
            Runtime.getRuntime().halt(1);
        });
    }

    private static void run(String command) throws IOException {
        if (!succeeds(command)) {
            throw new IOException("failed: " + command);
        }
    }

    private static boolean succeeds(String command) throws IOException {
        Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (!process.waitFor(COMMAND_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("does not end: " + command);
            }
            return process.exitValue() == 0;
        } catch (InterruptedException nobodyDoesThis) {
            throw new IOException(command, nobodyDoesThis);
        }
    }

    private static String host(String name) {
        return NET + (name.equals(Greeting.CLIENT) ? Integer.toString(OUTSIDE) : name.substring(1));
    }

    private static String ip(String in) {
        return in.equals(Greeting.CLIENT) ? "ip" : "ip -n " + in;
    }

    @Override
    public String bind(String name) {
        return host(name) + ":" + PORT;
    }

    @Override
    public String shown(String name) {
        return bind(name);
    }

    @Override
    public List<String> prefix(String name) {
        return List.of("ip", "netns", "exec", name);
    }

    @Override
    public Links links() {
        return this;
    }

    @Override
    public void cut(String from, String to) throws IOException {
        run(ip(from) + " route add blackhole " + host(to) + "/32");
        if (!succeeds(ip(from) + " route get " + host(to))) {
            cuts.incrementAndGet();
        }
    }

    @Override
    public void heal(String from, String to) throws IOException {
        run(ip(from) + " route del blackhole " + host(to) + "/32");
    }

    @Override
    public void delay(String one, String other, Duration delay) throws IOException {
        throw new IOException("not here");
    }

    @Override
    public int reset(String one, String other) throws IOException {
        throw new IOException("not here");
    }

    @Override
    public long met(String from, String to) {
        return cuts.get();
    }

    @Override
    public void fill(Server server) throws IOException {
        List<byte[]> chunks = new ArrayList<>(List.of(new byte[CHUNK], new byte[1]));
        try (OutputStream filler = Files.newOutputStream(filler(server), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
            while (!chunks.isEmpty()) {
                try {
                    filler.write(chunks.getFirst());
                } catch (IOException full) {
                    chunks.removeFirst();
                }
            }
        }
    }

    @Override
    public void makeRoom(Server server) throws IOException {
        Files.deleteIfExists(filler(server));
    }

    private static Path filler(Server server) {
        return server.data().resolve("filler");
    }

    @Override
    public void close() {
        try {
            for (int i = 1; i <= Trio.NODES; i++) {
                succeeds("umount " + folder.resolve("n" + i));
                succeeds("ip netns del n" + i);
            }
            succeeds("ip link del br0");
        } catch (IOException goesWithTheProcess) {
            // Its namespaces end with it.
        }
    }
}
