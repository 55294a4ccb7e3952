package io.driftless.bench.commit;

import io.driftless.bench.run.BenchCluster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What no durable commit can do without: a round trip to another process, and bytes forced to the disk. The plainest
 * code that does it, on platform threads: client to leader and leader to follower are two round trips, and one force is
 * on the way.
 */
@Threads(1)
public class FloorBenchmark {

    /** Bytes sent, sent back, and written. */
    static final int SIZE = 256;

    /** A connection to an {@link EchoServer}. */
    @State(Scope.Benchmark)
    public static class Connection {

        /** The port of the echo server. */
        @Param("0")
        public int port;

        private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
        private SocketChannel channel;

        /** Connects. */
        @Setup
        public void open() throws IOException {
            channel = PlainProcess.connect(port);
        }

        /** Disconnects. */
        @TearDown
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A thread's file. */
    @State(Scope.Thread)
    public static class PreallocatedFile {

        /** The folder to make it in. */
        @Param("")
        public String directory;

        private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
        private ZeroedFile file;

        /** Makes and fills the file. */
        @Setup
        public void open() throws IOException {
            file = new ZeroedFile(Path.of(directory));
            for (int i = 0; i < SIZE; i++) {
                buffer.put(i, (byte) (i + 1));
            }
        }

        /** Deletes it. */
        @TearDown
        public void close() throws IOException {
            file.close();
        }
    }

    /** 256 bytes there and back, blocking. */
    @Benchmark
    public ByteBuffer roundTrip(Connection connection) throws IOException {
        writeFully(connection.channel, connection.buffer);
        if (!readFully(connection.channel, connection.buffer)) {
            throw new EOFException("the echo process has gone");
        }
        return connection.buffer;
    }

    /** 256 bytes behind the last ones, forced. */
    @Benchmark
    public long writeAndForce(PreallocatedFile file) throws IOException {
        return file.file.append(file.buffer.clear());
    }

    /** The same by as many threads at once as the cluster has nodes, each with its file, since they share one disk. */
    @Benchmark
    @Threads(BenchCluster.NODES)
    public long writeAndForceAtOnce(PreallocatedFile file) throws IOException {
        return writeAndForce(file);
    }

    /** Fills {@code buffer} from {@code channel}; false if the other side closed before. */
    static boolean readFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes all of {@code buffer}, from its beginning to its capacity. */
    static void writeFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
