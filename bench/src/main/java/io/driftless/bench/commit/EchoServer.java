package io.driftless.bench.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The other process of the round trip: sends back each 256 bytes that it reads, one connection after the other, on one
 * platform thread. A {@link PlainProcess}.
 */
public final class EchoServer {

    private EchoServer() { }

    /** Takes no arguments. */
    public static void main(String[] args) throws IOException {
        ServerSocketChannel server = PlainProcess.listen();
        Thread.ofPlatform().daemon().name("echo").start(() -> serve(server));
        PlainProcess.serveUntilInputEnds(server);
    }

    private static void serve(ServerSocketChannel server) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(FloorBenchmark.SIZE);
        while (true) {
            try (SocketChannel channel = PlainProcess.accept(server)) {
                while (FloorBenchmark.readFully(channel, buffer)) {
                    FloorBenchmark.writeFully(channel, buffer);
                }
            } catch (IOException e) {
                System.err.println("echo: " + e);
            }
        }
    }
}
