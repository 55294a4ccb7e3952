package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.MemberClient;
import io.driftless.transport.nio.NioTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nobody reads a node's standard error: it works all the same, and ends when it is told to. */
@Timeout(180)
class HangingStderrTest {

    @TempDir
    private Path folder;

    @Test
    void aNodeWhoseLogLinesNobodyReadsServesAndStops() throws Exception {
        int port = LoopbackPorts.free(1).getFirst();
        Path config = Files.writeString(folder.resolve("n1.properties"), "cluster.id=c\ncluster.members=n1=127.0.0.1:"
                + port + "\nnode.id=n1\ndata.dir=" + folder.resolve("data") + "\n");
        // The pipe is full before the node writes its first line, whatever it holds.
        List<String> command = new ArrayList<>(List.of("sh", "-c",
                "timeout 1 head -c 4194304 /dev/zero >&2; exec \"$@\"", "sh"));
        command.addAll(CommandRun.java(folder));
        command.addAll(List.of("node", "--config", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.PIPE);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DRIFTLESS_"));
        Process node = builder.start();
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> leads(port));
            node.toHandle().destroy();
            assertTrue(node.waitFor(30, TimeUnit.SECONDS), "it does not end");
            assertEquals(0, node.exitValue());
        } finally {
            node.destroyForcibly();
        }
    }

    private static boolean leads(int port) {
        try (MemberClient client = MemberClient.connect(NioTransport.clients(), "127.0.0.1:" + port,
                Duration.ofSeconds(1))) {
            return client.statusJson(Duration.ofSeconds(1)).contains("\"role\":\"leader\"");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Test
    void whatDoesNotFitIsCountedAndSaid() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger passedOn = new AtomicInteger();
        StringBuffer text = new StringBuffer();
        StandardError stderr = new StandardError(new OutputStream() {
            @Override
            public void write(int oneByte) {
                throw new IllegalStateException("one by one");
            }

            @Override
            public void write(byte[] bytes) {
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
                passedOn.addAndGet(bytes.length);
                text.append(new String(bytes, StandardCharsets.UTF_8));
            }
        });
        stderr.start();
        byte[] line = "x".repeat(999).concat("\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100_000; i++) {
            stderr.write(line, 0, line.length);
        }
        release.countDown();
        assertTrue(stderr.await(Duration.ofSeconds(30)));
        assertTrue(passedOn.get() < StandardError.BYTES_MAX + 2_000, passedOn + " bytes waited");
        assertTrue(text.toString().contains("pieces of log lines were lost here"));
    }

    @Test
    void anErrorCostsOneLineAndNotAllLaterOnes() throws Exception {
        StringBuffer text = new StringBuffer();
        StandardError stderr = new StandardError(new OutputStream() {
            @Override
            public void write(int oneByte) {
                throw new IllegalStateException("one by one");
            }

            @Override
            public void write(byte[] bytes) {
                String line = new String(bytes, StandardCharsets.UTF_8);
                if (line.equals("first")) {
                    throw new OutOfMemoryError("Java heap space");
                }
                text.append(line);
            }
        });
        stderr.start();
        stderr.write("first".getBytes(StandardCharsets.UTF_8), 0, 5);
        stderr.write("second".getBytes(StandardCharsets.UTF_8), 0, 6);
        assertTrue(stderr.await(Duration.ofSeconds(30)), "its thread is gone");
        assertEquals("second", text.toString());
    }
}
