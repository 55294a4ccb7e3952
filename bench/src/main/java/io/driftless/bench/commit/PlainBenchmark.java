package io.driftless.bench.commit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Records to a {@link PlainCluster}, as {@link CommitBenchmark} sends commands to a real one. */
public class PlainBenchmark {

    /** A connection to the leader. One per benchmark thread. */
    @State(Scope.Thread)
    public static class Connection {

        /** The port of the leader. */
        @Param("0")
        public int port;

        /** How many records are outstanding. */
        @Param("1")
        public int outstanding;

        private SocketChannel channel;
        private ByteBuffer records;
        private ByteBuffer answers;
        private int toSend;
        private int answered;

        /** Connects. */
        @Setup
        public void open() throws IOException {
            channel = PlainProcess.connect(port);
            records = ByteBuffer.allocateDirect(outstanding * FloorBenchmark.SIZE);
            answers = ByteBuffer.allocateDirect(outstanding);
            toSend = outstanding;
        }

        /** Disconnects. */
        @TearDown
        public void close() throws IOException {
            channel.close();
        }

        /** Takes one answer; when there is none, sends what may be sent and waits. */
        int next() throws IOException {
            if (answered == 0) {
                FloorBenchmark.writeFully(channel, records.slice(0, toSend * FloorBenchmark.SIZE));
                toSend = 0;
                answered = channel.read(answers.clear());
                if (answered < 0) {
                    throw new EOFException("the plain leader has gone");
                }
            }
            answered--;
            toSend++;
            return answered;
        }
    }

    /** One record outstanding: sends it and waits for its answer. */
    @Benchmark
    @Threads(1)
    public int single(Connection connection) throws IOException {
        return connection.next();
    }

    /** Several outstanding on each connection. */
    @Benchmark
    @Threads(CommitBenchmark.CONNECTIONS)
    public int window(Connection connection) throws IOException {
        return connection.next();
    }
}
