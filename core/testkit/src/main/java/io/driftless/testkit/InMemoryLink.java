package io.driftless.testkit;

import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.log.LogEntry;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.transport.Peer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A connection between two servers of an {@link InMemoryNetwork}: two ends, and on each end a thread for each lane.
 * Thread safe.
 */
final class InMemoryLink {

    private static final long DATA_BYTES_MAX = 64L << 20;
    private static final long CONTROL_BYTES_MAX = 1L << 20;
    private static final long BULK_BYTES_MAX = 8L << 20;

    private final InMemoryNetwork network;
    private final AtomicInteger endsLeft = new AtomicInteger(2);
    private final End first;
    private final End second;

    InMemoryLink(InMemoryNetwork network, InMemoryTransport first, Introduction ofFirst, InMemoryTransport second,
            Introduction ofSecond, long number) {
        this.network = network;
        this.first = new End(first, new Peer(second.self(), ofSecond, second.address(), number));
        this.second = new End(second, new Peer(first.self(), ofFirst, first.address(), number + 1));
    }

    void start() {
        first.start();
        second.start();
    }

    InMemoryTransport first() {
        return first.owner;
    }

    InMemoryTransport second() {
        return second.owner;
    }

    boolean joins(InMemoryTransport transport) {
        return first.owner == transport || second.owner == transport;
    }

    boolean isBetween(String one, String other) {
        return first.owner.isNamed(one) && second.owner.isNamed(other) || first.owner.isNamed(other)
                && second.owner.isNamed(one);
    }

    /**
     * Ends it: what was not delivered is lost, and both receivers learn of it once their last delivery is over.
     * Idempotent.
     */
    void breakOff() {
        first.close();
        second.close();
    }

    /** Its bulk lanes end, and what was not delivered on them is lost. The next message opens them again. */
    void breakBulk() {
        first.mailbox(Lane.BULK).drop();
        second.mailbox(Lane.BULK).drop();
    }

    List<ClusterEvent.Sending> underWay() {
        List<ClusterEvent.Sending> all = new ArrayList<>();
        for (End end : List.of(first, second)) {
            end.addUnderWay(all);
        }
        return all;
    }

    private static long weightOf(Message message) {
        long weight = 64;
        if (message instanceof Message.AppendEntries append && append.content() instanceof Entries entries) {
            for (LogEntry entry : entries.list()) {
                weight += entry.weight();
            }
        }
        if (message instanceof Message.InstallSnapshot install && install.content() instanceof Chunk chunk) {
            weight += chunk.bytes().length();
        }
        return weight;
    }

    /** One server's side: what arrives there. */
    final class End {

        private final InMemoryTransport owner;
        private final Peer peer;
        private final Map<Lane, Mailbox<Message>> mailboxes = new EnumMap<>(Map.of(
                Lane.CONTROL, new Mailbox<>(CONTROL_BYTES_MAX), Lane.DATA, new Mailbox<>(DATA_BYTES_MAX),
                Lane.BULK, new Mailbox<>(BULK_BYTES_MAX)));
        /** What was taken from a mailbox and is held. */
        private final Map<Lane, List<Message>> inHand = new ConcurrentHashMap<>();
        private final CountDownLatch announced = new CountDownLatch(1);
        private final AtomicInteger lanesLeft = new AtomicInteger(Lane.values().length);
        private final List<Thread> threads;

        End(InMemoryTransport owner, Peer peer) {
            this.owner = owner;
            this.peer = peer;
            String name = "memory-" + owner.self() + "-from-" + peer.id();
            this.threads = Stream.of(Lane.values()).map(lane -> Thread.ofVirtual()
                    .name(name + "-" + lane.name().toLowerCase(Locale.ROOT)).unstarted(() -> deliver(lane))).toList();
        }

        Peer peer() {
            return peer;
        }

        List<Thread> threads() {
            return threads;
        }

        /** Sends to the other side. */
        void send(Lane lane, Message message) {
            End other = this == first ? second : first;
            boolean fits = other.mailbox(lane).put(List.of(message), weightOf(message));
            // What does not fit into the bulk lane is lost, and the connection stands.
            if (!fits && lane != Lane.BULK) {
                breakOff();
            }
        }

        private Mailbox<Message> mailbox(Lane lane) {
            return Objects.requireNonNull(mailboxes.get(lane));
        }

        private void start() {
            owner.attach(this);
            threads.forEach(Thread::start);
        }

        private void close() {
            mailboxes.values().forEach(Mailbox::close);
        }

        private void deliver(Lane lane) {
            Mailbox<Message> mailbox = mailbox(lane);
            if (lane == Lane.CONTROL) {
                owner.receiver().connected(peer);
                announced.countDown();
            } else {
                awaitAnnounced();
            }
            List<Message> messages = mailbox.takeAll();
            while (!messages.isEmpty()) {
                if (network.gate().isWatching()) {
                    deliverOneByOne(lane, messages);
                } else {
                    owner.receiver().received(peer, lane, messages, network.gate().nanoTime());
                }
                messages = mailbox.takeAll();
            }
            if (lanesLeft.decrementAndGet() == 0) {
                owner.detach(this);
                owner.receiver().disconnected(peer);
                if (network.isRefused(owner, (this == first ? second : first).owner)) {
                    owner.receiver().gone(peer);
                }
                owner.ended(this);
                if (endsLeft.decrementAndGet() == 0) {
                    network.ended(InMemoryLink.this);
                }
            }
        }

        /** A pause may come before each. */
        private void deliverOneByOne(Lane lane, List<Message> messages) {
            List<Message> left = new CopyOnWriteArrayList<>(messages);
            inHand.put(lane, left);
            for (Message message : messages) {
                boolean lives = network.gate().pass(new ClusterEvent.Receiving(owner.self().value(), peer.id().value(),
                        lane, message));
                left.removeFirst();
                if (lives) {
                    owner.receiver().received(peer, lane, List.of(message), network.gate().nanoTime());
                }
            }
            inHand.remove(lane);
        }

        private void addUnderWay(List<ClusterEvent.Sending> all) {
            for (Lane lane : Lane.values()) {
                List<Message> messages = new ArrayList<>(inHand.getOrDefault(lane, List.of()));
                messages.addAll(mailbox(lane).waiting());
                for (Message message : messages) {
                    all.add(new ClusterEvent.Sending(peer.id().value(), owner.self().value(), lane, message));
                }
            }
        }

        private void awaitAnnounced() {
            try {
                announced.await();
            } catch (InterruptedException nobodyInterruptsThisThread) {
                throw new IllegalStateException(nobodyInterruptsThisThread);
            }
        }
    }
}
