package io.driftless.client;

import io.driftless.machine.QueryOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the connection for each query: to the member that the client is to read from, if there is such a one; to the
 * leader, if it is known; otherwise any, as any member can answer, and says where the leader is. If there is none it
 * has connections made, by a {@link LeaderSearch} of its own: no query opens a session. It uses the connections of a
 * {@link Router}, and its lock, and has a virtual thread that is parked while no query waits for a connection. Thread
 * safe.
 */
final class ReadRoute {

    /** So often at most is a connection made for a better place to ask, beside one that will do. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Router router;
    private final ReentrantLock lock;
    private final Condition changed;
    /** Empty if any member will do. */
    private final String readFrom;
    /** To the member to read from, while it stands. */
    private volatile @Nullable Link near;
    /** Where the leader is, or is said to be, or else anybody who answers; null if that is to be found out. */
    private volatile @Nullable Link target;
    /** Whether there is a leader, as far as is known. */
    private volatile boolean found;
    private volatile long nearTriedNs = System.nanoTime() - RETRY_NS;
    // All below: guarded by the lock.
    private final Map<String, Link> links;
    private final Findings findings;
    private final LeaderSearch search;
    private final Deque<Read> waiting = new ArrayDeque<>();
    /** Where the leader is said to be, if there is no connection yet. */
    private String named = "";
    private long namedTriedNs = System.nanoTime() - RETRY_NS;
    private boolean started;
    private boolean closed;

    /**
     * For one client.
     *
     * @param links     the router's connections, guarded by {@code lock}
     * @param findings  what is known of the addresses, guarded by {@code lock}
     * @param addresses of the members, the one to read from first
     * @param readFrom  its address, or empty
     */
    ReadRoute(Router router, ReentrantLock lock, Map<String, Link> links, Findings findings, List<String> addresses,
            String readFrom) {
        this.router = router;
        this.lock = lock;
        this.changed = lock.newCondition();
        this.links = links;
        this.findings = findings;
        this.readFrom = readFrom;
        this.search = new LeaderSearch(addresses, bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** Has a member asked, now or when there is a connection. Never blocks. */
    void ask(Read read) {
        Link first = near;
        Link refusing = read.refusedBy();
        if (refusing != null && refusing != first) {
            // The search says who is next: it has the pauses.
            await(read);
            return;
        }
        if (first != null && first.isOpen() && first != refusing) {
            read.askAt(first);
            return;
        }
        Link known = known(refusing);
        if (known == null) {
            known = any(refusing);
        }
        if (known == null) {
            await(read);
        } else {
            wantNear();
            read.askAt(known);
        }
    }

    private @Nullable Link known(@Nullable Link refusing) {
        Link best = target;
        if (best != null && best.isOpen() && best != refusing) {
            return best;
        }
        Link led = router.leader();
        return led != null && led.isOpen() && led != refusing ? led : null;
    }

    private @Nullable Link any(@Nullable Link refusing) {
        lock.lock();
        try {
            for (Link link : links.values()) {
                if (link.isOpen() && link != refusing) {
                    target = link;
                    return link;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void await(Read read) {
        lock.lock();
        try {
            waiting.addLast(read);
            if (!started && !closed) {
                started = true;
                search.start(System.nanoTime());
                Thread.ofVirtual().name("driftless-client-read-router").start(this::run);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Others are asked although one is to be read from: perhaps it can be reached again. */
    private void wantNear() {
        if (readFrom.isEmpty() || near != null || System.nanoTime() - nearTriedNs < RETRY_NS) {
            return;
        }
        lock.lock();
        try {
            if (System.nanoTime() - nearTriedNs >= RETRY_NS) {
                nearTriedNs = System.nanoTime();
                near = openOrConnect(readFrom);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Link openOrConnect(String address) {
        Link link = links.get(address);
        if (link == null && !closed) {
            router.connectLocked(address);
        }
        return link != null && link.isOpen() ? link : null;
    }

    /**
     * A member has answered.
     *
     * @param leaderAddress where the leader is; empty if it leads, or knows of none
     * @param knowsLeader   whether it could not have answered without a leader
     */
    void answered(Link link, String leaderAddress, boolean knowsLeader) {
        if (link == near || link == target && leaderAddress.isEmpty() && (found || !knowsLeader)) {
            return;
        }
        lock.lock();
        try {
            if (links.get(link.address()) == link && link.isOpen() && (knowsLeader || target == null)) {
                target = link;
            }
            if (knowsLeader) {
                found = true;
                search.found();
            }
            if (!leaderAddress.isEmpty()) {
                follow(leaderAddress);
            }
        } finally {
            lock.unlock();
        }
    }

    private void follow(String leaderAddress) {
        long now = System.nanoTime();
        Link led = links.get(leaderAddress);
        if (led != null && led.isOpen()) {
            target = led;
        } else if (!named.equals(leaderAddress) || now - namedTriedNs >= RETRY_NS) {
            named = leaderAddress;
            namedTriedNs = now;
            openOrConnect(leaderAddress);
        }
    }

    /** A member said that it cannot answer, and why. */
    void refused(Link link, String why, String leaderAddress) {
        lock.lock();
        try {
            findings.refused(link.address(), why);
            if (!leaderAddress.isEmpty() && !leaderAddress.equals(link.address())) {
                search.named(leaderAddress);
            }
            leave(link);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A member has not answered until the deadline. The query may rightly wait there, for an index say, so that this
     * alone says nothing of the member, whose connection others use. It is left if it gives no sign of life either.
     */
    void unanswered(Link link) {
        long now = System.nanoTime();
        if (link.isSilent(now, LeaderSearch.STEP_NS)) {
            router.suspect(link);
        } else {
            link.askForSign(now);
        }
    }

    /** A connection was made. Under the lock. */
    void connectedLocked(Link link) {
        if (link.address().equals(readFrom)) {
            near = link;
        }
        if (link.address().equals(named)) {
            named = "";
            target = link;
        }
        search.connected(link);
        changed.signal();
    }

    /** An address could not be connected to. Under the lock. */
    void failedLocked(String address) {
        search.failed(address, System.nanoTime());
        changed.signal();
    }

    /** Nothing is to be asked there any more. Under the lock. */
    void goneLocked(Link link) {
        if (near == link) {
            near = null;
        }
        search.goOnBehind(link.address());
        leave(link);
        changed.signal();
    }

    private void leave(Link link) {
        long now = System.nanoTime();
        if (target == link) {
            target = null;
            // Only if queries were answered there: whoever ends each connection at once is not to be met at once again.
            if (found) {
                search.lostLeader(now);
            }
        }
        found = false;
        search.ledNowhere(link, now);
    }

    /** There is no connection to be had: queries that wait for one need not wait longer. Under the lock. */
    void hopelessLocked() {
        QueryOutcome failure = findings.failure();
        takeWaiting().forEach(read -> read.finish(failure));
    }

    private List<Read> takeWaiting() {
        List<Read> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** Why a query that nobody was asked ends now. */
    QueryOutcome failure() {
        lock.lock();
        try {
            return findings.failure();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread. Under the lock. */
    void closeLocked() {
        closed = true;
        waiting.clear();
        changed.signal();
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                waiting.removeIf(Read::isDone);
                if (waiting.isEmpty()) {
                    changed.await();
                } else {
                    step();
                }
            }
        } catch (InterruptedException impossible) {
            throw new IllegalStateException("this thread is nobody else's to interrupt", impossible);
        } finally {
            lock.unlock();
        }
    }

    private void step() throws InterruptedException {
        switch (search.next(System.nanoTime(), links)) {
            case LeaderSearch.Step.Sleep(long forNs) -> changed.awaitNanos(forNs);
            case LeaderSearch.Step.Connect(String address) -> router.connectLocked(address);
            case LeaderSearch.Step.Follow(Link link) -> askAll(link);
            case LeaderSearch.Step.Try(Link link) -> askAll(link);
        }
    }

    private void askAll(Link link) {
        search.tries(link, System.nanoTime());
        target = link;
        for (Read read : takeWaiting()) {
            read.askAt(link);
        }
    }
}
