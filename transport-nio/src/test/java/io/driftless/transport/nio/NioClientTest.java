package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client's side: whom it talks to, and what it needs. */
@Timeout(120)
final class NioClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Ends while somebody says nothing: long enough to have connected before, also on a machine that pauses. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private static final ClientTransport.Listener NOBODY = new ClientTransport.Listener() {
        @Override
        public void replied(List<ClientReply> replies) { }

        @Override
        public void closed(String why) { }
    };

    /** Connects to something that answers with {@code answer} and then is silent until the other side goes. */
    private static IOException connectTo(byte[] answer, Duration timeout) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Thread other = Thread.ofVirtual().start(() -> {
                try (SocketChannel channel = server.accept()) {
                    channel.write(ByteBuffer.wrap(answer));
                    ByteBuffer rest = ByteBuffer.allocate(1_000);
                    while (channel.read(rest.clear()) >= 0) {
                        rest.clear();
                    }
                } catch (IOException closed) {
                    // The client went away.
                }
            });
            String address = "127.0.0.1:" + server.socket().getLocalPort();
            IOException failure = assertThrows(IOException.class, () ->
                    NioTransport.clients().connect("", address, timeout, NOBODY));
            other.join();
            return failure;
        }
    }

    @Test
    void noticesSomethingThatIsNotDriftless() throws Exception {
        for (String answer : List.of("HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\0")) {
            // At once: what it would wait for otherwise ends with another exception.
            IOException failure = connectTo(answer.getBytes(StandardCharsets.US_ASCII), PATIENCE);
            assertInstanceOf(ClientTransport.NotDriftlessException.class, failure, answer + ": " + failure);
            assertTrue(failure.getMessage().contains("127.0.0.1:"), failure.getMessage());
        }
        IOException unfinished = connectTo("DRFTLES".getBytes(StandardCharsets.US_ASCII), SILENCE);
        assertInstanceOf(SocketTimeoutException.class, unfinished);
        assertTrue(unfinished.getMessage().contains("127.0.0.1:"), unfinished.getMessage());
    }

    @Test
    void givesUpOnSomethingThatSaysNothing() throws Exception {
        IOException failure = connectTo(new byte[0], SILENCE);
        assertTrue(failure.getMessage().endsWith("accepted the connection but said nothing within 2000 ms"),
                failure.getMessage());
    }

    @Test
    void needsNoJvmFlagAndLoadsNeitherAgronaNorKryo(@TempDir Path folder) throws Exception {
        String n1 = "n1=" + FreePorts.address();
        try (TestServer server = TestServer.start("n1", n1)) {
            server.receiver.serve((session, requests) -> {
                requests.forEach(request -> session.reply(new ClientReply.CommandAnswered(request.id(),
                        new Outcome.Committed(1, Result.ok(((ClientRequest.Execute) request).command().toByteArray())),
                        "")));
                session.flush();
            });
            Path loaded = folder.resolve("loaded");
            Path output = folder.resolve("output");
            Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-Xlog:class+load:file=" + loaded, "-cp", System.getProperty("java.class.path"),
                    Child.class.getName(),
                    server.transport.address()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            try {
                assertTrue(child.waitFor(60, TimeUnit.SECONDS));
            } finally {
                child.destroyForcibly().waitFor();
            }
            assertEquals("", Files.readString(output));
            assertEquals(0, child.exitValue());
            List<String> classes = Files.readAllLines(loaded);
            assertTrue(classes.stream().anyMatch(line -> line.contains("io.driftless.transport.nio.ClientCodec")));
            List<String> unwanted = classes.stream()
                    .filter(line -> line.matches(".*(org\\.agrona|esotericsoftware|openhft|jackson).*")).toList();
            assertEquals(List.of(), unwanted);
        }
    }

    /** The other process: executes one command and ends with 0 if it came back. */
    static final class Child {
        private Child() { }

        public static void main(String[] arguments) throws Exception {
            CountDownLatch good = new CountDownLatch(1);
            ClientTransport.Listener listener = new ClientTransport.Listener() {
                @Override
                public void replied(List<ClientReply> replies) {
                    if (replies.equals(List.of(new ClientReply.CommandAnswered(1,
                            new Outcome.Committed(1, Result.ok(new byte[1_000])), "")))) {
                        good.countDown();
                    }
                }

                @Override
                public void closed(String why) { }
            };
            try (ClientChannel channel = NioTransport.clients()
                    .connect(TestServer.CLUSTER, arguments[0], Duration.ofSeconds(30), listener)) {
                channel.send(new ClientRequest.Execute(1, 1_000, Bytes.wrap(new byte[1_000])));
                System.exit(good.await(30, TimeUnit.SECONDS) ? 0 : 3);
            }
        }
    }

    @Test
    void leavesNoThreadBehind(@TempDir Path folder) throws Exception {
        String n1 = "n1=" + FreePorts.address();
        String n2 = "n2=" + FreePorts.address();
        CountDownLatch closed = new CountDownLatch(1);
        try (TestServer first = TestServer.start("n1", n1, n2); TestServer second = TestServer.start("n2", n1, n2)) {
            first.awaitPeers(1);
            second.awaitPeers(1);
            NioTransport.clients()
                    .connect("", first.transport.address(), PATIENCE, new ClientTransport.Listener() {
                @Override
                public void replied(List<ClientReply> replies) { }

                @Override
                public void closed(String why) {
                    closed.countDown();
                }
            });
            assertTrue(threads(folder.resolve("before")).contains("driftless-acceptor"),
                    "the dump names virtual threads");
            first.transport.close();
        }
        assertTrue(closed.await(30, TimeUnit.SECONDS));
        // The client's reader has told of the end but may need a moment to leave.
        long deadline = TestServer.soon();
        int attempt = 0;
        while (threads(folder.resolve("after" + attempt++)).contains("driftless-")) {
            assertTrue(System.nanoTime() < deadline, "a thread is left");
        }
        assertFalse(threads(folder.resolve("end")).contains("driftless-"));
    }

    /** All threads of this process, virtual ones too. */
    private static String threads(Path file) throws Exception {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        return Files.readString(file);
    }
}
