package io.driftless.bench.snapshot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The floor of a transfer: one thread reads a file into a socket, another writes what comes out of it to a new file,
 * and forces that every 4 MiB and at the end.
 */
final class PlainCopy {

    private static final int BUFFER = 256 << 10;
    private static final long FORCE_EVERY = 4 << 20;

    private PlainCopy() { }

    /** Copies {@code file} into {@code folder} and removes the copy; bytes a second until all was forced. */
    static double bytesPerSecond(Path file, Path folder) throws IOException {
        Path copy = Files.createTempFile(folder, "plain", ".copy");
        long beganNs = System.nanoTime();
        try (ServerSocketChannel server = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel out = SocketChannel.open(server.getLocalAddress());
                SocketChannel in = server.accept()) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(file, out),
                    work -> Thread.ofPlatform().name("driftless-bench-copy").start(work));
            receive(in, copy);
            sent.join();
            return Files.size(file) * 1e9 / (System.nanoTime() - beganNs);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static void send(Path file, SocketChannel out) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                buffer.clear();
            }
            out.shutdownOutput();
        } catch (IOException failed) {
            throw new CompletionException(failed);
        }
    }

    private static void receive(SocketChannel in, Path copy) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        long unforced = 0;
        try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    unforced += out.write(buffer);
                }
                buffer.clear();
                if (unforced >= FORCE_EVERY) {
                    out.force(false);
                    unforced = 0;
                }
            }
            out.force(true);
        }
    }
}
