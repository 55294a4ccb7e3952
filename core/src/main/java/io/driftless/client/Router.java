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
 * LeaderSearch}. Outside of sessions a node that nobody named is tried with one call only, so that a node that swallows
 * what it is sent makes one outcome unknown and not thousands. In a session every node is asked first if it leads.
 * Thread safe.
 */
final class Router {

    /**
     * How long the other side may be silent before it is asked for a sign of life, and then again before it counts as
     * dead.
     */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(1);
    /** How long a close waits until the cluster has taken note that the session ends. */
    private static final long LEAVING_MS = 100;

    private final ClientTransport transport;
    private final String clusterId;
    private final Duration connectTimeout;
    /** Where the leader is looked for: not where one only reads from. */
    private final List<String> addresses;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** That of the first node that was reached; written under the lock. */
    private volatile long generation = ClientTransport.GENERATION_UNKNOWN;
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
    /** The lane if commands go in a session, else null. */
    private final @Nullable SessionLane sessions;
    private final Lane lane;
    private final ReadRoute reads;
    /** Whether the leader has answered as one, rather than being said to be one. */
    private volatile boolean confirmed;
    private boolean started;
    private boolean closed;

    Router(ClientConfig config) {
        this.transport = config.transport();
        this.clusterId = config.clusterId();
        this.connectTimeout = config.connectTimeout();
        this.addresses = config.addresses();
        List<String> fromNearest = config.addressesFromNearest();
        this.findings = new Findings(fromNearest);
        this.reads = new ReadRoute(this, lock, links, findings, fromNearest, config.readFrom());
        this.search = new LeaderSearch(addresses, bound -> ThreadLocalRandom.current().nextLong(bound));
        this.sessions = config.hasSessions() ? new SessionLane(this, config.sessionLimits()) : null;
        this.lane = sessions == null ? new PlainLane() : sessions;
    }

    Lane lane() {
        return lane;
    }

    ReadRoute reads() {
        return reads;
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
                if (leader != null && waiting.isEmpty()) {
                    leader.enqueue(call);
                } else {
                    waiting.addLast(call);
                    startLocked();
                }
            });
        }
    }

    /** Takes calls that nobody executed. They go before those that came later. */
    void requeue(List<Call> calls) {
        locked(() -> requeueLocked(calls));
    }

    private void requeueLocked(List<Call> calls) {
        for (int i = calls.size() - 1; i >= 0; i--) {
            waiting.addFirst(calls.get(i));
        }
        if (!calls.isEmpty()) {
            startLocked();
        }
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
        locked(() -> {
            if (links.remove(link.address(), link)) {
                findings.unreachable(link.address(), why);
            }
            retired.remove(link);
            goneLocked(link);
        });
        link.dropQuestions();
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

    /** A server leads, and its connection names the session. */
    void attach(Link link, Session session) {
        SessionLane inSessions = sessions;
        boolean[] isTaken = new boolean[1];
        locked(() -> {
            isTaken[0] = inSessions != null && leader == null && !closed && links.get(link.address()) == link
                    && link.isOpen() && inSessions.attach(link, session);
            if (isTaken[0]) {
                waiting.forEach(link::enqueue);
                waiting.clear();
                leader = link;
                confirmed = true;
                search.found();
            }
        });
        if (isTaken[0]) {
            link.wake();
        }
    }

    /** A server that was asked could not say yet if it leads. */
    void askAgain(Link link, long afterNs) {
        locked(() -> {
            if (leader == null && links.get(link.address()) == link) {
                search.again(link, System.nanoTime(), afterNs);
            }
        });
    }

    /** A server said that the session is over; {@code goOn} are the first calls of the next one. */
    void sessionOver(Link link, List<Call> goOn) {
        Link led = leader;
        locked(() -> {
            if (led != null) {
                deposeLocked(led);
                requeueLocked(led.takeQueued());
            }
            requeueLocked(goOn);
            startLocked();
            if (links.get(link.address()) == link) {
                search.again(link, System.nanoTime(), SessionLane.RETRY_NS);
            }
        });
    }

    /** There may be something to do. */
    void look() {
        locked(() -> { });
    }

    /** A call has ended. */
    void ended() {
        Link known = leader;
        if (sessions != null && sessions.isStalled() && known != null) {
            known.wake();
        }
    }

    /** A server said that it does not lead, and why. */
    void notLeading(Link link, String leaderAddress, String why) {
        locked(() -> {
            findings.notLeader(link.address(), why);
            deposeLocked(link);
            if (!leaderAddress.isEmpty() && !leaderAddress.equals(link.address()) && leader == null) {
                search.named(leaderAddress);
            }
            search.ledNowhere(link, System.nanoTime());
            requeueLocked(link.takeQueued());
        });
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
        locked(() -> {
            if (links.remove(link.address(), link)) {
                retired.add(link);
                findings.unreachable(link.address(), why);
                search.goOnBehind(link.address());
            }
            goneLocked(link);
        });
        link.retire();
    }

    private void goneLocked(Link link) {
        deposeLocked(link);
        search.ledNowhere(link, System.nanoTime());
        reads.goneLocked(link);
        requeueLocked(link.takeQueued());
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
            open.forEach(Link::dropEnded);
            retired.forEach(Link::dropEnded);
            retired.stream().filter(Link::isIdle).forEach(idle::add);
            retired.removeAll(idle);
        });
        if (sessions != null) {
            sessions.tend();
        }
        idle.forEach(Link::close);
        open.stream().filter(link -> !link.isAlive(nowNs, SILENCE_NS)).forEach(this::suspect);
    }

    /** Why a call that still waits ends now. */
    Outcome rejection(Call call) {
        Outcome refusal = sessions == null ? null : sessions.refusal(call);
        if (refusal != null) {
            return refusal;
        }
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
        Link led = leader;
        locked(() -> {
            closed = true;
            leader = null;
            all.addAll(links.values());
            all.addAll(retired);
            waiting.clear();
            reads.closeLocked();
            connecting.values().forEach(Thread::interrupt);
        });
        if (led != null && led.isOpen() && sessions != null && sessions.isOpen()) {
            Leaving leaving = new Leaving(LEAVING_MS);
            led.ask(leaving);
            leaving.await();
        }
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
            if (sessions != null) {
                sessions.detach(link);
            }
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
        Link known = leader;
        if (known != null && !waiting.isEmpty()) {
            ready.addAll(waiting);
            waiting.clear();
            return known;
        }
        if (known != null) {
            awaitPauseLocked(known);
            return null;
        }
        if (waiting.isEmpty() && (sessions == null || !sessions.isOwed())) {
            changed.await();
            return null;
        }
        switch (search.next(System.nanoTime(), links)) {
            case LeaderSearch.Step.Sleep(long forNs) -> changed.awaitNanos(forNs);
            case LeaderSearch.Step.Connect(String address) -> connectLocked(address);
            case LeaderSearch.Step.Follow(Link named) -> {
                if (!askLocked(named)) {
                    leader = named;
                }
            }
            case LeaderSearch.Step.Try(Link untried) -> {
                return askLocked(untried) ? null : tryLocked(untried, ready);
            }
        }
        return null;
    }

    /** Waits for something else to do, or for the end of a pause in the session. */
    private void awaitPauseLocked(Link known) throws InterruptedException {
        long left = sessions == null ? Long.MAX_VALUE : sessions.pauseNs(System.nanoTime());
        if (left <= 0) {
            known.wake();
        } else if (left == Long.MAX_VALUE) {
            changed.await();
        } else {
            changed.awaitNanos(left);
        }
    }

    /** Asks a server if it leads, unless that is found out with a call. */
    private boolean askLocked(Link link) {
        Link.Question question = lane.question();
        if (question == null) {
            return false;
        }
        long now = System.nanoTime();
        search.tries(link, now);
        if (!link.isAsked(question.getClass(), now - SILENCE_NS)) {
            findings.asked(link.address());
            link.ask(question);
        }
        return true;
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

    /** Begins to connect. */
    void connectLocked(String address) {
        Link link = new Link(address, this);
        links.put(address, link);
        findings.connecting(address);
        connecting.put(address, Thread.ofVirtual().name("driftless-client-connect").start(() -> connect(link)));
    }

    private void connect(Link link) {
        ClientChannel channel;
        try {
            channel = transport.connect(clusterId, generation, link.address(), connectTimeout, link);
        } catch (IOException | RuntimeException failed) {
            connectFailed(link, failed);
            return;
        }
        link.opened(channel);
        boolean[] isUnwanted = new boolean[1];
        locked(() -> {
            connecting.remove(link.address());
            // What this client was told by one generation of the cluster means nothing to another one.
            generation = generation == ClientTransport.GENERATION_UNKNOWN ? channel.generation() : generation;
            isUnwanted[0] = closed || links.get(link.address()) != link;
            if (!isUnwanted[0]) {
                findings.connected(link.address());
                search.connected(link);
                reads.connectedLocked(link);
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
            reads.failedLocked(link.address());
            // Waiting would not help, and a wrong address is better told at once. The next call tries again.
            boolean isAllHopeless = findings.isHopeless();
            if (isAllHopeless) {
                reads.hopelessLocked();
            }
            if (isAllHopeless || !waiting.isEmpty() && findings.isHopeless(addresses)) {
                rejection[0] = findings.rejection();
                hopeless.addAll(waiting);
                waiting.clear();
                findings.clear();
            }
        });
        hopeless.forEach(call -> call.finish(Call.Waiting.WAITING, rejection[0]));
    }
}
