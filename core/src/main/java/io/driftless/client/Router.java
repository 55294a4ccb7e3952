package io.driftless.client;

import io.driftless.machine.Outcome;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds the leader for calls that wait, on one virtual thread that is parked when none does, by the steps of a {@link
 * LeaderSearch}. A node that nobody named is tried with one call only, so that a node that swallows what it is sent
 * makes one outcome unknown and not thousands. Thread safe.
 */
final class Router {

    /**
     * How long the other side may be silent before it is asked for a sign of life, and then again before it counts as
     * dead.
     */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(1);

    private final ClientTransport transport;
    private final String clusterId;
    private final Duration connectTimeout;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Where calls go at once; read without the lock. */
    private volatile @Nullable Link leader;
    // All below: guarded by the lock.
    private final Deque<Call> waiting = new ArrayDeque<>();
    /** Connections that stand or are being made, by address. */
    private final Map<String, Link> links = new LinkedHashMap<>();
    /**
     * Connections that nothing new goes to, but a reply may still come from: silent for too long, or of a node that is
     * closing.
     */
    private final List<Link> retired = new ArrayList<>();
    private final Map<String, Thread> connecting = new LinkedHashMap<>();
    private final Findings findings;
    private final LeaderSearch search;
    /** Whether the leader has answered as one, rather than being said to be one. */
    private volatile boolean confirmed;
    private boolean started;
    private boolean closed;

    Router(ClientConfig config) {
        this.transport = config.transport();
        this.clusterId = config.clusterId();
        this.connectTimeout = config.connectTimeout();
        this.findings = new Findings(config.addresses());
        this.search = new LeaderSearch(config.addresses(),
                bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** The connection to use, or null if the leader must be found first. */
    @Nullable Link leader() {
        return leader;
    }

    /** Takes a call; a thread of the library sends it when the leader is found. Never blocks. */
    void enqueue(Call call) {
        Link known = leader;
        if (known != null) {
            known.enqueue(call);
        } else {
            locked(() -> {
                waiting.addLast(call);
                startLocked();
            });
        }
    }

    /** Takes calls that nobody executed. They go before those that came later. */
    void requeue(List<Call> calls) {
        locked(() -> {
            for (int i = calls.size() - 1; i >= 0; i--) {
                waiting.addFirst(calls.get(i));
            }
            startLocked();
        });
    }

    private void startLocked() {
        if (!started && !closed) {
            started = true;
            search.start(System.nanoTime());
            Thread.ofVirtual().name("driftless-client-router").start(this::route);
        }
    }

    /** A connection did not take a call: it is gone. */
    void unsent(Link link, Call call) {
        lost(link, "connection lost");
        requeue(List.of(call));
    }

    /** A connection is gone. */
    void lost(Link link, String why) {
        List<Call> queued = link.takeQueued();
        locked(() -> {
            if (links.remove(link.address(), link)) {
                findings.unreachable(link.address(), why);
            }
            retired.remove(link);
            deposeLocked(link);
            search.ledNowhere(link, System.nanoTime());
        });
        if (!queued.isEmpty()) {
            requeue(queued);
        }
    }

    /** A server answered as the leader does. */
    void leading(Link link) {
        if (leader == link && confirmed) {
            return;
        }
        locked(() -> {
            // A silent one that speaks again is not taken back: another connection to it may stand already.
            if (leader == null && links.get(link.address()) == link && link.isOpen()) {
                leader = link;
            }
            if (leader == link) {
                confirmed = true;
                search.found();
            }
        });
    }

    /** A server said that it does not lead, and why. */
    void notLeading(Link link, String leaderAddress, String why) {
        List<Call> queued = link.takeQueued();
        locked(() -> {
            findings.notLeader(link.address(), why);
            deposeLocked(link);
            if (!leaderAddress.isEmpty() && !leaderAddress.equals(link.address()) && leader == null) {
                search.named(leaderAddress);
            }
            search.ledNowhere(link, System.nanoTime());
        });
        if (!queued.isEmpty()) {
            requeue(queued);
        }
    }

    /** A server has been silent although a command was sent to it: later commands try the others first. */
    void suspect(Link link) {
        retire(link, "connected, but silent");
    }

    /** A server is closing: it only answers what it has read. */
    void leaving(Link link) {
        retire(link, "closing");
    }

    private void retire(Link link, String why) {
        List<Call> queued = link.takeQueued();
        locked(() -> {
            if (links.remove(link.address(), link)) {
                retired.add(link);
                findings.unreachable(link.address(), why);
                search.goOnBehind(link.address());
            }
            deposeLocked(link);
            search.ledNowhere(link, System.nanoTime());
        });
        if (!queued.isEmpty()) {
            requeue(queued);
        }
    }

    /**
     * Looks after connections and drops calls that have ended. To be called about once a second while calls are under
     * way.
     */
    void tend(long nowNs) {
        List<Link> open = new ArrayList<>();
        List<Link> idle = new ArrayList<>();
        locked(() -> {
            waiting.removeIf(Call::isDone);
            open.addAll(links.values());
            retired.stream().filter(Link::isIdle).forEach(idle::add);
            retired.removeAll(idle);
        });
        idle.forEach(Link::close);
        open.stream().filter(link -> !link.isAlive(nowNs, SILENCE_NS)).forEach(this::suspect);
    }

    /** Why a call that still waits ends now. */
    Outcome rejection() {
        lock.lock();
        try {
            return findings.rejection();
        } finally {
            lock.unlock();
        }
    }

    /** Ends everything; calls are the caller's business. Idempotent. */
    void close() {
        List<Link> all = new ArrayList<>();
        locked(() -> {
            closed = true;
            leader = null;
            all.addAll(links.values());
            all.addAll(retired);
            waiting.clear();
            connecting.values().forEach(Thread::interrupt);
        });
        all.forEach(Link::close);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void deposeLocked(Link link) {
        if (leader == link) {
            leader = null;
            confirmed = false;
            search.lostLeader(System.nanoTime());
        }
    }

    private void route() {
        while (true) {
            List<Call> ready = new ArrayList<>(0);
            Link target;
            lock.lock();
            try {
                target = stepLocked(ready);
                if (closed) {
                    return;
                }
            } catch (InterruptedException impossible) {
                throw new IllegalStateException("the router's thread is nobody else's to interrupt", impossible);
            } finally {
                lock.unlock();
            }
            if (target != null) {
                ready.forEach(target::enqueue);
            }
        }
    }

    /**
     * Waits until there is something to do and does it; a connection, and in {@code ready} what to send there, or null.
     */
    private @Nullable Link stepLocked(List<Call> ready) throws InterruptedException {
        if (closed) {
            return null;
        }
        if (waiting.isEmpty()) {
            changed.await();
            return null;
        }
        Link known = leader;
        if (known != null) {
            ready.addAll(waiting);
            waiting.clear();
            return known;
        }
        switch (search.next(System.nanoTime(), links)) {
            case LeaderSearch.Step.Sleep(long forNs) -> changed.awaitNanos(forNs);
            case LeaderSearch.Step.Connect(String address) -> connectLocked(address);
            case LeaderSearch.Step.Follow(Link named) -> leader = named;
            case LeaderSearch.Step.Try(Link untried) -> {
                return tryLocked(untried, ready);
            }
        }
        return null;
    }

    /** One call, to find out: the others wait for what becomes of it. */
    private @Nullable Link tryLocked(Link link, List<Call> ready) {
        Call call = waiting.pollFirst();
        while (call != null && call.isDone()) {
            call = waiting.pollFirst();
        }
        if (call == null) {
            return null;
        }
        search.tries(link, System.nanoTime());
        ready.add(call);
        return link;
    }

    private void connectLocked(String address) {
        Link link = new Link(address, this);
        links.put(address, link);
        findings.connecting(address);
        connecting.put(address, Thread.ofVirtual().name("driftless-client-connect").start(() -> connect(link)));
    }

    private void connect(Link link) {
        ClientChannel channel;
        try {
            channel = transport.connect(clusterId, link.address(), connectTimeout, link);
        } catch (IOException | RuntimeException failed) {
            connectFailed(link, failed);
            return;
        }
        link.opened(channel);
        boolean[] isUnwanted = new boolean[1];
        locked(() -> {
            connecting.remove(link.address());
            isUnwanted[0] = closed || links.get(link.address()) != link;
            if (!isUnwanted[0]) {
                findings.connected(link.address());
                search.connected(link);
            }
        });
        if (isUnwanted[0] || !link.isOpen()) {
            lost(link, "connection lost");
            link.close();
        }
    }

    private void connectFailed(Link link, Exception why) {
        List<Call> hopeless = new ArrayList<>(0);
        Outcome[] rejection = new Outcome[1];
        locked(() -> {
            connecting.remove(link.address());
            links.remove(link.address(), link);
            findings.failed(link.address(), why);
            search.failed(link.address(), System.nanoTime());
            if (findings.isHopeless()) {
                // Waiting would not help, and a wrong address is better told at once. The next call tries again.
                rejection[0] = findings.rejection();
                hopeless.addAll(waiting);
                waiting.clear();
                findings.clear();
            }
        });
        hopeless.forEach(call -> call.finish(Call.Waiting.WAITING, rejection[0]));
    }
}
