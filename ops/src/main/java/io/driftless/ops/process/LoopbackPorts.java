package io.driftless.ops.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds loopback ports to listen on, outside the range from which the system gives ports to outgoing connections. A
 * node that is killed must find its port free again; inside that range another connection could have taken it, or a
 * peer that tries to reconnect could even meet itself there.
 */
public final class LoopbackPorts {

    private static final int LOWEST = 10_000;
    private static final int EPHEMERAL_BY_DEFAULT = 32_768;
    private static final int ATTEMPTS = 10_000;

    private LoopbackPorts() { }

    /** Ports that were free a moment ago; {@link IOException} if there are not so many. */
    public static List<Integer> free(int count) throws IOException {
        int highest = Math.max(LOWEST + 1000, firstEphemeral());
        Set<Integer> ports = new LinkedHashSet<>();
        for (int attempt = 0; attempt < ATTEMPTS && ports.size() < count; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, highest);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (IOException taken) {
                // Another one, then.
            }
        }
        if (ports.size() < count) {
            throw new IOException("no " + count + " free ports between " + LOWEST + " and " + highest + " on loopback");
        }
        return List.copyOf(ports);
    }

    private static int firstEphemeral() {
        // Through a buffer: the kernel gives such a file to the first read alone, and Files.readString begins with one
        // of a single byte where the size is said to be 0.
        try (BufferedReader range = Files.newBufferedReader(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
            return Integer.parseInt(String.valueOf(range.readLine()).strip().split("\\s+")[0]);
        } catch (IOException | NumberFormatException notLinux) {
            return EPHEMERAL_BY_DEFAULT;
        }
    }
}
