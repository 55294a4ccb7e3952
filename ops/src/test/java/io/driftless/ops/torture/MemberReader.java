package io.driftless.ops.torture;

import io.driftless.client.MemberClient;
import io.driftless.ops.cluster.Wiring;
import io.driftless.ops.torture.ReadHistory.Asked;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Queries one member without the log, and writes down the answers. It asks again and again whether or not there are
 * answers: when the member stands still, questions wait in its sockets. There are several, because the threads of a
 * member that goes on run in any order: the more of them have a question, the likelier one of them comes before those
 * that have the news of another leader. Thread safe.
 */
final class MemberReader {

    private static final int CONNECTIONS = 2;
    private static final long PERIOD_NS = 6_000_000;
    private static final int OUTSTANDING_MAX = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration CONNECT = Duration.ofSeconds(2);

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
    private final List<MemberClient> clients = new ArrayList<>();

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
        for (int number = 0; !stop; number++) {
            LapQuery query = LapQuery.draw(random, writers);
            if (isConnected() && room.tryAcquire()) {
                MemberClient client = clients.get(number % CONNECTIONS);
                asked.incrementAndGet();
                Thread.ofVirtual().name("question-to-" + name).start(() -> {
                    history.guard(() -> ask(client, query));
                    room.release();
                });
            }
            LockSupport.parkNanos(PERIOD_NS);
        }
        // What waits is answered, or not in time.
        room.acquireUninterruptibly(OUTSTANDING_MAX);
        clients.forEach(MemberClient::close);
    }

    private boolean isConnected() {
        if (reconnect) {
            reconnect = false;
            clients.forEach(MemberClient::close);
            clients.clear();
        }
        try {
            while (clients.size() < CONNECTIONS) {
                clients.add(Wiring.member(address, CONNECT));
            }
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void ask(MemberClient client, LapQuery query) {
        long begunNs = System.nanoTime();
        try {
            history.add(query.answered(name, begunNs, client.query(query.encode(), query.consistency(), PATIENCE)));
            if (query.asked() == Asked.LINEARIZABLE && begunNs >= markNs) {
                answeredSinceMark.incrementAndGet();
            }
        } catch (IOException notAnswered) {
            failed.incrementAndGet();
        }
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
