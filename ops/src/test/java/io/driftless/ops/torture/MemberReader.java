package io.driftless.ops.torture;

import io.driftless.client.MemberClient;
import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.cluster.Wiring;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import io.driftless.ops.torture.ReadHistory.Answer;
import io.driftless.ops.torture.ReadHistory.Asked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Queries one member over one connection, without the log, and writes down the answers. It asks again and again whether
 * or not there are answers: when the member stands still, questions wait in its socket. Thread safe.
 */
final class MemberReader {

    private static final long PERIOD_NS = 6_000_000;
    private static final int OUTSTANDING_MAX = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int ROWS_MAX = 100;

    private final String name;
    private final String address;
    private final RegisterWriters writers;
    private final ReadHistory history;
    private final Semaphore room = new Semaphore(OUTSTANDING_MAX);
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong answeredSinceMark = new AtomicLong();
    private final Thread thread;
    private volatile long markNs;
    private volatile boolean reconnect;
    private volatile boolean stop;
    /** Of its thread. */
    private @Nullable MemberClient client;

    /** It begins at once. */
    MemberReader(String name, String address, RegisterWriters writers, ReadHistory history, Random random) {
        this.name = name;
        this.address = address;
        this.writers = writers;
        this.history = history;
        long seed = random.nextLong();
        this.markNs = System.nanoTime();
        this.thread = Thread.ofPlatform().name("reader-" + name).start(() -> work(new Random(seed)));
    }

    private void work(Random random) {
        while (!stop) {
            MemberClient connected = connected();
            Asked kind = kind(random.nextInt(10));
            if (connected != null && room.tryAcquire()) {
                asked.incrementAndGet();
                Thread.ofVirtual().start(() -> {
                    ask(connected, kind);
                    room.release();
                });
            }
            LockSupport.parkNanos(PERIOD_NS);
        }
        // What waits is answered, or not in time.
        room.acquireUninterruptibly(OUTSTANDING_MAX);
        if (client != null) {
            client.close();
        }
    }

    private static Asked kind(int dice) {
        return dice < 7 ? Asked.LINEARIZABLE : dice < 9 ? Asked.AT_LEAST : Asked.STALE;
    }

    private @Nullable MemberClient connected() {
        if (client != null && reconnect) {
            client.close();
            client = null;
        }
        if (client == null) {
            try {
                client = Wiring.member(address, CONNECT);
                reconnect = false;
            } catch (IOException notYet) {
                return null;
            }
        }
        return client;
    }

    private void ask(MemberClient connected, Asked kind) {
        int lap = writers.lap();
        long leastIndex = kind == Asked.AT_LEAST ? writers.lastIndex() : 0;
        Consistency consistency = switch (kind) {
            case LINEARIZABLE -> Consistency.LINEARIZABLE;
            case AT_LEAST -> Consistency.atLeast(leastIndex);
            case STALE -> Consistency.STALE;
        };
        byte[] query = new KvQuery.Scan(Bytes.utf8(RegisterWriters.prefix(lap)), Bytes.EMPTY, ROWS_MAX).encode();
        long begunNs = System.nanoTime();
        try {
            QueryOutcome.Answered answer = connected.query(query, consistency, PATIENCE);
            history.add(new Answer(name, kind, leastIndex, begunNs, System.nanoTime(), answer.index(), answer.age(),
                    lap, values(lap, answer)));
            if (kind == Asked.LINEARIZABLE && begunNs >= markNs) {
                answeredSinceMark.incrementAndGet();
            }
        } catch (IOException notAnswered) {
            failed.incrementAndGet();
        }
    }

    private static List<Long> values(int lap, QueryOutcome.Answered answer) {
        Long[] values = new Long[ReadHistory.LAP];
        Arrays.fill(values, 0L);
        if (!answer.result().isOk() || !(KvAnswer.decode(ByteBuffer.wrap(answer.result().value()))
                instanceof KvAnswer.Page page) || page.more()) {
            throw new IllegalStateException("no page of all rows: " + answer);
        }
        for (KvAnswer.Row row : page.rows()) {
            int number = Integer.parseInt(row.key().utf8().substring(RegisterWriters.prefix(lap).length()));
            values[number] = Long.parseLong(row.value().utf8());
        }
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    /** The member's process is a new one. */
    void renew() {
        reconnect = true;
    }

    String name() {
        return name;
    }

    /** How many questions it has asked. */
    long asked() {
        return asked.get();
    }

    /** How many were not answered in time, or refused. */
    long failed() {
        return failed.get();
    }

    /** From now on linearizable queries are counted anew, those that are asked later. */
    void mark() {
        markNs = System.nanoTime();
        answeredSinceMark.set(0);
    }

    /** How many linearizable queries that were asked since then have been answered. */
    long answeredSinceMark() {
        return answeredSinceMark.get();
    }

    /** Asks no more, and waits for the last answers. Idempotent. */
    void end() throws InterruptedException {
        stop = true;
        thread.join();
    }
}
