package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.raft.ServerId;
import io.driftless.transport.Unreachable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a transport tells of members that it does not reach; what every transport must tell is in the contract. */
class NioUnreachableTest {

    @Test
    void aHostWithoutAnAddressIsNamedOnBothSides() {
        String here = FreePorts.address();
        for (String absent : new String[] {"n1", "n3"}) {
            try (TestServer server = TestServer.start("n2", "n2=" + here, absent + "=no-such-host.invalid:7001")) {
                await(server, absent, "host not found");
            }
        }
    }

    /** The kernel accepts for a process that stands still: it is heard of no more, and nothing is refused. */
    @Test
    void aProcessThatStandsStillIsSilentOnBothSides() throws IOException {
        try (ServerSocket still = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String there = "127.0.0.1:" + still.getLocalPort();
            for (String absent : new String[] {"n1", "n3"}) {
                try (TestServer server = TestServer.start("n2", "n2=" + FreePorts.address(), absent + "=" + there)) {
                    await(server, absent, "silent");
                }
            }
        }
    }

    @Test
    void somethingElseThatListensThereIsNoServer() throws IOException {
        try (ServerSocket web = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var socket = web.accept();
                        socket.getOutputStream().write("HTTP/1.1 400 \r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        socket.shutdownOutput();
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            String there = "127.0.0.1:" + web.getLocalPort();
            for (String absent : new String[] {"n1", "n3"}) {
                try (TestServer server = TestServer.start("n2", "n2=" + FreePorts.address(), absent + "=" + there)) {
                    await(server, absent, "not a Driftless server");
                }
            }
            answering.interrupt();
        }
    }

    @Test
    void aServerThatDoesNotListThisOneSaysSo() {
        String a = FreePorts.address();
        String b = FreePorts.address();
        String c = FreePorts.address();
        try (TestServer first = TestServer.start("n1", "n1=" + a, "n2=" + c);
                TestServer second = TestServer.start("n3", "n1=" + a, "n3=" + b)) {
            await(second, "n1", "n3 is not among the other members of n1, [n2]");
            assertEquals(Map.of(), new TreeMap<>(first.transport.unreachable().headMap(new ServerId("n2"))));
        }
    }

    @Test
    void everyFailureHasItsWords() {
        assertEquals("refused", Failures.of(new ConnectException("Connection refused")).toString());
        assertEquals("silent", Failures.of(new ConnectException("Connection timed out")).toString());
        assertEquals("silent", Failures.of(new SocketTimeoutException("Connect timed out")).toString());
        assertEquals("silent: no route to host", Failures.of(new NoRouteToHostException("x")).toString());
        assertEquals("host not found", Failures.of(new UnknownHostException("x")).toString());
        assertEquals("connection broken: it closes the connection", Failures.of(new EOFException()).toString());
        assertEquals("connection broken: it resets the connection",
                Failures.of(new SocketException("Connection reset")).toString());
        assertEquals("connection broken: Too many open files",
                Failures.of(new IOException("Too many open files")).toString());
        assertEquals("why", Failures.of(new TurnedAwayException("refused: why", "why")).toString());
    }

    private static void await(TestServer server, String member, String words) {
        server.receiver.await(member + " " + words + ", now " + server.transport.unreachable(), () -> {
            Unreachable why = server.transport.unreachable().get(new ServerId(member));
            return why != null && why.toString().equals(words);
        });
    }
}
