package io.driftless.bench.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * One process of {@link PlainCluster}. Arguments: the folder for its file, and for the leader the ports of its
 * followers. A {@link PlainProcess}.
 */
public final class PlainMember {

    private PlainMember() { }

    /** Takes the folder, and then no port or two. */
    public static void main(String[] args) throws IOException {
        ZeroedFile file = new ZeroedFile(Path.of(args[0]));
        ServerSocketChannel server = PlainProcess.listen();
        if (args.length == 1) {
            thread("follower", () -> follow(PlainProcess.accept(server), file));
        } else {
            PlainLeader leader = new PlainLeader(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            leader.start(file);
            thread("acceptor", () -> {
                while (true) {
                    leader.serve(PlainProcess.accept(server));
                }
            });
        }
        PlainProcess.serveUntilInputEnds(server);
    }

    /** Appends all records that one read brought, forces them once, and tells how many there are by now. */
    private static void follow(SocketChannel leader, ZeroedFile file) throws IOException {
        ByteBuffer count = ByteBuffer.allocateDirect(Long.BYTES);
        long[] appended = new long[1];
        readRecords(leader, records -> {
            appended[0] += records.remaining() / FloorBenchmark.SIZE;
            file.append(records);
            count.clear().putLong(appended[0]);
            FloorBenchmark.writeFully(leader, count);
        });
    }

    /** Reads records until the other side closes, and hands over the whole ones of each read. */
    static void readRecords(SocketChannel channel, Records taker) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        while (channel.read(buffer) >= 0) {
            int whole = buffer.position() / FloorBenchmark.SIZE * FloorBenchmark.SIZE;
            if (whole > 0) {
                buffer.flip();
                taker.take(buffer.slice(0, whole));
                buffer.position(whole).compact();
            }
        }
    }

    /** Takes records. */
    interface Records {
        void take(ByteBuffer records) throws IOException;
    }

    /** What a thread does. */
    interface Work {
        void run() throws Exception;
    }

    /** Starts a platform thread. Its failure ends the process, and with it the benchmark. */
    static void thread(String name, Work work) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } catch (Exception e) {
                System.err.println("plain " + name + ": " + e);
                System.exit(1);
            }
        });
    }
}
