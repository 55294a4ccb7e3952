package io.driftless.tck;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.Peer;
import io.driftless.transport.Receiver;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * Keeps what a transport delivers, in order. Meanwhile it checks that the transport calls as {@link Receiver} says:
 * only between {@code connected} and {@code disconnected}, and no lane by two threads at once. Thread safe.
 */
public final class RecordingReceiver implements Receiver {

    /** Something that was delivered from a peer. */
    public sealed interface Event {
        /** A connection began. */
        record Connected(Peer peer) implements Event { }

        /** A message came. */
        record Received(Peer peer, Lane lane, Message message, long arrivedNs) implements Event { }

        /** A connection ended. */
        record Disconnected(Peer peer) implements Event { }

        /** Its process is gone. */
        record Gone(Peer peer) implements Event { }
    }

    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Event> events = new ArrayList<>();
    private final List<Peer> connected = new ArrayList<>();
    private final Map<Lane, List<Peer>> delivering = new EnumMap<>(Lane.class);
    private final List<String> violations = new ArrayList<>();
    private final Map<Lane, CountDownLatch> gates = new EnumMap<>(Lane.class);
    private BiConsumer<ClientConnection, List<ClientRequest>> clients = (session, requests) -> { };

    /** One that has been told nothing yet. */
    public RecordingReceiver() {
        for (Lane lane : Lane.values()) {
            delivering.put(lane, new ArrayList<>());
        }
    }

    /** Sets what to do with clients' requests. At first, nothing is done with them. */
    public void serve(BiConsumer<ClientConnection, List<ClientRequest>> service) {
        locked(() -> clients = service);
    }

    /** Holds every delivery on a lane until {@link #release}. */
    public void hold(Lane lane) {
        locked(() -> gates.put(lane, new CountDownLatch(1)));
    }

    /** Lets deliveries on a lane go on. */
    public void release(Lane lane) {
        lock.lock();
        try {
            CountDownLatch gate = gates.remove(lane);
            if (gate != null) {
                gate.countDown();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void connected(Peer peer) {
        locked(() -> {
            check(connected.stream().noneMatch(other -> other.id().equals(peer.id())), "connected twice: " + peer);
            connected.add(peer);
            events.add(new Event.Connected(peer));
        });
    }

    @Override
    public void received(Peer peer, Lane lane, List<Message> messages, long arrivedNs) {
        List<Peer> busy = delivering.get(lane);
        locked(() -> {
            check(connected.contains(peer), "received before connected or after disconnected: " + peer);
            check(!busy.contains(peer), "two threads deliver " + lane + " of " + peer);
            check(!messages.isEmpty(), "an empty delivery");
            busy.add(peer);
        });
        pass(lane);
        locked(() -> {
            messages.forEach(message -> events.add(new Event.Received(peer, lane, message, arrivedNs)));
            busy.remove(peer);
        });
    }

    @Override
    public void disconnected(Peer peer) {
        locked(() -> {
            check(connected.remove(peer), "disconnected without connected: " + peer);
            check(delivering.values().stream().noneMatch(list -> list.contains(peer)),
                    "disconnected during a delivery: " + peer);
            events.add(new Event.Disconnected(peer));
        });
    }

    @Override
    public void gone(Peer peer) {
        locked(() -> {
            check(events.contains(new Event.Disconnected(peer)), "gone before it was disconnected: " + peer);
            check(!events.contains(new Event.Gone(peer)), "gone twice: " + peer);
            events.add(new Event.Gone(peer));
        });
    }

    @Override
    public void requested(ClientConnection session, List<ClientRequest> requests) {
        BiConsumer<ClientConnection, List<ClientRequest>> service;
        lock.lock();
        try {
            service = clients;
        } finally {
            lock.unlock();
        }
        service.accept(session, requests);
    }

    /** All events so far. */
    public List<Event> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /** The messages that came on a lane so far. */
    public List<Message> messages(Lane lane) {
        return events().stream().filter(event -> event instanceof Event.Received received && received.lane() == lane)
                .map(event -> ((Event.Received) event).message()).toList();
    }

    /** The peers that are connected now. */
    public List<Peer> peers() {
        lock.lock();
        try {
            return List.copyOf(connected);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a delivery on a lane is under way, held or not. */
    public boolean isDelivering(Lane lane) {
        lock.lock();
        try {
            return !delivering.get(lane).isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** How often a connection began or ended. */
    public long changes() {
        return events().stream().filter(event -> event instanceof Event.Connected
                || event instanceof Event.Disconnected).count();
    }

    /** How often a connection began. */
    public long connections() {
        return events().stream().filter(Event.Connected.class::isInstance).count();
    }

    /** Whose processes are gone, in order. */
    public List<ServerId> gone() {
        return events().stream().filter(Event.Gone.class::isInstance).map(event -> ((Event.Gone) event).peer().id())
                .toList();
    }

    /** What the transport did that breaks the contract. */
    public List<String> violations() {
        lock.lock();
        try {
            return List.copyOf(violations);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, and fails with {@code what} after 60 s. */
    public void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                // Not without a limit, for conditions that depend on more than this receiver.
                changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(20));
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("waited in vain: " + what + "; the last events: "
                            + events.subList(Math.max(0, events.size() - 5), events.size()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting: " + what, e);
        } finally {
            lock.unlock();
        }
    }

    private void pass(Lane lane) {
        CountDownLatch gate;
        lock.lock();
        try {
            gate = gates.get(lane);
        } finally {
            lock.unlock();
        }
        if (gate != null) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                locked(() -> violations.add("a delivering thread was interrupted"));
            }
        }
    }

    private void check(boolean good, String violation) {
        if (!good) {
            violations.add(violation);
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
