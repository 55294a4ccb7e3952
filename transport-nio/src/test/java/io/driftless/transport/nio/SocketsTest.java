package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.transport.HostPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which of a name's addresses is taken. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "all of 127.0.0.0/8 is loopback on Linux only")
@Timeout(60)
final class SocketsTest {

    private static final String FIRST = "127.0.0.2";
    private static final String SECOND = "127.0.0.3";

    private final int port = HostPort.parse(FreePorts.address()).port();
    private final OpenSockets open = new OpenSockets();

    private SocketChannel connect(long millis, String... addresses) throws IOException {
        InetAddress[] candidates = new InetAddress[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            candidates[i] = InetAddress.getByName(addresses[i]);
        }
        return Sockets.connect(candidates, port, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), open);
    }

    /** Connects until the listener's queue is full and the kernel drops what asks for more. */
    private static List<Socket> fill(ServerSocket listener) throws IOException {
        List<Socket> waiting = new ArrayList<>();
        while (true) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(listener.getLocalSocketAddress(), 1_000);
            } catch (SocketTimeoutException full) {
                return waiting;
            }
        }
    }

    @Test
    void goesOnToTheNextAddressWhereNobodyListens() throws IOException {
        try (ServerSocket second = new ServerSocket(port, 1, InetAddress.getByName(SECOND));
                SocketChannel channel = connect(40_000, FIRST, SECOND)) {
            assertEquals(second.getLocalSocketAddress(), channel.getRemoteAddress());
        }
    }

    /** Of many addresses the first gets a small share of the time, and a slow machine has the rest for the second. */
    @Test
    void goesOnToTheNextAddressWhileThereIsTimeIfNobodyAnswers() throws IOException {
        try (ServerSocket silent = new ServerSocket(port, 1, InetAddress.getByName(FIRST))) {
            String[] addresses = new String[40];
            Arrays.fill(addresses, SECOND);
            addresses[0] = FIRST;
            List<Socket> waiting = fill(silent);
            try (ServerSocket second = new ServerSocket(port, 1, InetAddress.getByName(SECOND));
                    SocketChannel channel = connect(40_000, addresses)) {
                assertEquals(second.getLocalSocketAddress(), channel.getRemoteAddress());
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void failsAsTheLastAddressDid() {
        assertThrows(ConnectException.class, () -> connect(40_000, FIRST, SECOND));
    }
}
