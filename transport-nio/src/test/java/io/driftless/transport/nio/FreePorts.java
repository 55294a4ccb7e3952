package io.driftless.transport.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that nobody listens on, outside the range that the kernel gives to outgoing connections. */
final class FreePorts {

    private FreePorts() { }

    static String address() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return "127.0.0.1:" + probe.getLocalPort();
            } catch (IOException taken) {
                // Another one, then.
            }
        }
    }
}
