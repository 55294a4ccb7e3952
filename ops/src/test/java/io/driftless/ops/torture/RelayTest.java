package io.driftless.ops.torture;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.torture.Relay.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayTest {

    private static final int MOMENT_MS = 100;
    private static final int PATIENCE_MS = 60_000;

    private ServerSocket server;
    private Relay relay;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MS);
        relay = Relay.before((InetSocketAddress) server.getLocalSocketAddress(), in -> {
            byte[] name = in.readNBytes(1);
            return new Relay.Hello(new String(name), name);
        });
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        server.close();
    }

    @Test
    void aCutHoldsBytesOneWayOnlyAndLosesNone() throws Exception {
        try (Pair pair = pair("a")) {
            relay.hold("a", Way.THERE, true);
            pair.near.getOutputStream().write('x');
            pair.far.getOutputStream().write('y');
            assertEquals('y', pair.near.getInputStream().read());
            awaitWaits(Way.THERE, 1);
            assertSilent(pair.far);
            relay.hold("a", Way.THERE, false);
            assertEquals('x', pair.far.getInputStream().read());
            pair.near.getOutputStream().write('z');
            assertEquals('z', pair.far.getInputStream().read());
        }
    }

    @Test
    void aCutOfOneCallerLeavesTheOthersAlone() throws Exception {
        try (Pair a = pair("a"); Pair b = pair("b")) {
            relay.hold("a", Way.BACK, true);
            a.far.getOutputStream().write('x');
            b.far.getOutputStream().write('y');
            assertEquals('y', b.near.getInputStream().read());
            awaitWaits(Way.BACK, 1);
            assertSilent(a.near);
        }
    }

    @Test
    void aCutHoldsNewConnectionsAndTheEndOfOldOnes() throws Exception {
        try (Pair pair = pair("a")) {
            relay.hold("a", Way.THERE, true);
            try (Socket later = connect("a")) {
                pair.near.close();
                // The new connection, and the end of the old one.
                awaitWaits(Way.THERE, 2);
                assertSilent(pair.far);
                server.setSoTimeout(MOMENT_MS);
                assertThrows(SocketTimeoutException.class, () -> server.accept());
                relay.hold("a", Way.THERE, false);
                assertEquals(-1, pair.far.getInputStream().read());
                server.setSoTimeout(PATIENCE_MS);
                server.accept().close();
                assertTrue(later.isConnected());
            }
        }
    }

    @Test
    void aDelayKeepsTheOrder() throws Exception {
        try (Pair pair = pair("a")) {
            relay.delay("a", Way.BACK, Duration.ofMillis(50));
            long begunNs = System.nanoTime();
            pair.far.getOutputStream().write(new byte[] {1, 2, 3});
            assertEquals(1, pair.near.getInputStream().read());
            assertTrue(System.nanoTime() - begunNs >= 50_000_000);
            assertEquals(2, pair.near.getInputStream().read());
            assertEquals(3, pair.near.getInputStream().read());
        }
    }

    @Test
    void aResetBreaksBothSidesAndLosesWhatWasHeld() throws Exception {
        try (Pair pair = pair("a")) {
            relay.hold("a", Way.THERE, true);
            pair.near.getOutputStream().write('x');
            awaitWaits(Way.THERE, 1);
            assertEquals(1, relay.reset("a"));
            assertThrows(SocketException.class, () -> pair.far.getInputStream().read());
            assertThrows(SocketException.class, () -> pair.near.getInputStream().read());
            assertEquals(0, relay.reset("a"));
        }
        relay.hold("a", Way.THERE, false);
        try (Pair anew = pair("a")) {
            anew.near.getOutputStream().write('z');
            assertEquals('z', anew.far.getInputStream().read());
        }
    }

    private record Pair(Socket near, Socket far) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    private Pair pair(String name) throws IOException {
        Socket near = connect(name);
        Socket far = server.accept();
        near.setSoTimeout(PATIENCE_MS);
        far.setSoTimeout(PATIENCE_MS);
        assertEquals(name, new String(far.getInputStream().readNBytes(1)));
        return new Pair(near, far);
    }

    private Socket connect(String name) throws IOException {
        String address = relay.address();
        Socket socket = new Socket("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        socket.getOutputStream().write(name.getBytes());
        return socket;
    }

    /** What was sent to the relay has come there, and no further. */
    private void awaitWaits(Way way, int count) {
        await().atMost(Duration.ofMillis(PATIENCE_MS)).until(() -> relay.waits("a", way) == count);
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(MOMENT_MS);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        socket.setSoTimeout(PATIENCE_MS);
    }
}
