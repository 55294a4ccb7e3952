package io.driftless.bench.commit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The leader of {@link PlainCluster}: whoever reads records sends them to both followers, a thread of its own appends
 * and forces what came meanwhile, and when two of three have a record its client gets a byte. Thread safe.
 */
final class PlainLeader {

    private static final int FOLLOWERS = 2;
    private static final int PENDING_BYTES = 1 << 20;

    private final SocketChannel[] followers = new SocketChannel[FOLLOWERS];
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition pendingCame = lock.newCondition();
    /** The client of each record that is not answered yet. */
    private final Queue<SocketChannel> waiting = new ArrayDeque<>();
    /** How many records are durable on each follower, and here. */
    private final long[] durable = new long[FOLLOWERS + 1];
    private ByteBuffer pending = ByteBuffer.allocateDirect(PENDING_BYTES);
    private ByteBuffer spare = ByteBuffer.allocateDirect(PENDING_BYTES);
    private long committed;

    /** Connects to the followers. */
    PlainLeader(int... ports) throws IOException {
        for (int i = 0; i < FOLLOWERS; i++) {
            followers[i] = PlainProcess.connect(ports[i]);
        }
    }

    /** Starts its threads; {@code file} belongs to one of them. */
    void start(ZeroedFile file) {
        PlainMember.thread("disk", () -> write(file));
        for (int i = 0; i < FOLLOWERS; i++) {
            int follower = i;
            PlainMember.thread("acknowledgements", () -> hear(follower));
        }
    }

    /** Serves a client on a thread of its own, until it closes. */
    void serve(SocketChannel client) {
        PlainMember.thread("client", () -> {
            try {
                PlainMember.readRecords(client, records -> take(client, records));
            } catch (IOException gone) {
                // As with its answers below.
            }
        });
    }

    private void take(SocketChannel client, ByteBuffer records) throws IOException {
        lock.lock();
        try {
            for (int i = 0; i < records.remaining() / FloorBenchmark.SIZE; i++) {
                waiting.add(client);
            }
            pending.put(records.duplicate());
            for (SocketChannel follower : followers) {
                FloorBenchmark.writeFully(follower, records);
            }
            pendingCame.signal();
        } finally {
            lock.unlock();
        }
    }

    private void write(ZeroedFile file) throws IOException, InterruptedException {
        while (true) {
            ByteBuffer batch;
            lock.lock();
            try {
                while (pending.position() == 0) {
                    pendingCame.await();
                }
                batch = pending.flip();
                pending = spare.clear();
                spare = batch;
            } finally {
                lock.unlock();
            }
            int count = batch.remaining() / FloorBenchmark.SIZE;
            file.append(batch);
            noteDurable(FOLLOWERS, durable[FOLLOWERS] + count);
        }
    }

    private void hear(int follower) throws IOException {
        ByteBuffer counts = ByteBuffer.allocateDirect(1 << 10);
        while (followers[follower].read(counts) >= 0) {
            int whole = counts.position() / Long.BYTES * Long.BYTES;
            if (whole > 0) {
                noteDurable(follower, counts.getLong(whole - Long.BYTES));
                counts.flip().position(whole).compact();
            }
        }
        throw new EOFException("a follower has gone");
    }

    private void noteDurable(int member, long count) {
        lock.lock();
        try {
            durable[member] = count;
            long[] sorted = durable.clone();
            Arrays.sort(sorted);
            long majority = sorted[FOLLOWERS / 2];
            Map<SocketChannel, Integer> answers = new LinkedHashMap<>();
            for (; committed < majority; committed++) {
                answers.merge(waiting.remove(), 1, Integer::sum);
            }
            answers.forEach(PlainLeader::answer);
        } finally {
            lock.unlock();
        }
    }

    private static void answer(SocketChannel client, int records) {
        try {
            FloorBenchmark.writeFully(client, ByteBuffer.allocate(records));
        } catch (IOException gone) {
            // A client that has measured enough does not wait for its last answers.
        }
    }
}
