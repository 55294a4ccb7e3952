package io.driftless.sim;

import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.transport.Peer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A connection between two processes, as TCP would give it: each lane in order, nothing lost in between (on the bulk
 * lane only what its own end takes); when it breaks, some of what was on its way may still arrive, and each side
 * notices in its own time.
 */
final class Connection {

    private record Flying(Message message, long arrivesNs) { }

    /** One end. */
    final class End {

        final Life life;
        private final Introduction introduction;
        private final List<Deque<Flying>> lanes = Stream.of(Lane.values()).<Deque<Flying>>map(lane ->
                new ArrayDeque<>()).toList();
        private final long[] lastArrivalNs = new long[Lane.values().length];
        private final List<Appointment> pumps;
        private boolean told;
        private boolean gone;

        End(Life life) {
            this.life = life;
            this.introduction = life.introduction();
            this.pumps = Stream.of(Lane.values()).map(lane -> new Appointment(universe.timeline, () -> life.live(
                    () -> pump(lane)))).toList();
        }

        boolean isTold() {
            return told;
        }

        private End other() {
            return this == first ? second : first;
        }

        private Peer peer() {
            return new Peer(other().life.node.id, other().introduction, Universe.addressOf(
                    other().life.node.number), number);
        }

        private void tell() {
            if (gone || broken || told) {
                return;
            }
            told = true;
            Introduction peer = other().introduction;
            universe.saw(new Happening.Connected(life.node.number, other().life.node.number, peer.incarnation(),
                    peer.boot(), peer.run()));
            life.receiver().connected(peer());
            for (Lane lane : Lane.values()) {
                pump(lane);
            }
        }

        private void add(Lane lane, Message message) {
            long latencyNs = network.latencyNs(other().life.node.number, life.node.number, chance);
            long arrivesNs = Math.max(lastArrivalNs[lane.ordinal()], universe.timeline.nowNs() + latencyNs);
            lastArrivalNs[lane.ordinal()] = arrivesNs;
            lanes.get(lane.ordinal()).add(new Flying(message, arrivesNs));
            pumpAt(lane, arrivesNs);
        }

        private void pumpAt(Lane lane, long atNs) {
            if (told) {
                pumps.get(lane.ordinal()).noLaterThan(atNs);
            }
        }

        /** Delivers what has arrived, as one read. */
        private void pump(Lane lane) {
            Deque<Flying> queue = lanes.get(lane.ordinal());
            if (gone || queue.isEmpty()) {
                return;
            }
            long nowNs = universe.timeline.nowNs();
            long heldUntilNs = network.heldUntilNs(other().life.node.number, life.node.number, lane);
            if (heldUntilNs > nowNs) {
                pumpAt(lane, heldUntilNs);
                return;
            }
            List<Message> arrived = new ArrayList<>();
            while (!queue.isEmpty() && queue.peekFirst().arrivesNs() <= nowNs) {
                arrived.add(queue.removeFirst().message());
            }
            if (!queue.isEmpty()) {
                pumpAt(lane, queue.peekFirst().arrivesNs());
            }
            if (!arrived.isEmpty()) {
                for (Message message : arrived) {
                    universe.saw(new Happening.Received(life.node.number, other().life.node.number,
                            other().introduction.incarnation(), other().introduction.boot(),
                            other().introduction.run(), message));
                }
                life.receiver().received(peer(), lane, arrived, life.nanoTime());
            }
        }

        private void keepSome() {
            keepSome(Lane.CONTROL);
            keepSome(Lane.DATA);
            // It ends by itself, and where nobody uses it, nothing is left to chance.
            if (!lanes.get(Lane.BULK.ordinal()).isEmpty()) {
                keepSome(Lane.BULK);
            }
        }

        private void keepSome(Lane lane) {
            Deque<Flying> queue = lanes.get(lane.ordinal());
            int kept = chance.nextInt(queue.size() + 1);
            while (queue.size() > kept) {
                queue.removeLast();
            }
        }

        private void notice() {
            if (gone) {
                return;
            }
            leave();
            if (told) {
                life.receiver().disconnected(peer());
                network.dialAgain(life, other().life, () -> {
                    universe.saw(new Happening.NoticedEnd(life.node.number, other().life.node.number,
                            other().introduction.run()));
                    life.receiver().gone(peer());
                });
            }
        }

        /** Nothing of the connection comes here any more. */
        private void leave() {
            gone = true;
            if (other().gone) {
                over.run();
            }
        }
    }

    private final Universe universe;
    private final SimulatedNetwork network;
    private final SplittableRandom chance;
    private final long number;
    private final Runnable over;
    private final End first;
    private final End second;
    private boolean broken;

    /** Stands now; each side is told a little later. {@code over} is run once neither side has it any more. */
    Connection(Universe universe, SimulatedNetwork network, SplittableRandom chance, long number, Life one, Life other,
            Runnable over) {
        this.universe = universe;
        this.network = network;
        this.chance = chance;
        this.number = number;
        this.over = over;
        this.first = new End(one);
        this.second = new End(other);
        for (End end : List.of(first, second)) {
            end.life.liveIn(network.latencyNs(end.other().life.node.number, end.life.node.number, chance), end::tell);
        }
    }

    End endOf(Life life) {
        return first.life == life ? first : second;
    }

    /** Whether this very process has one of the ends. */
    boolean joins(Life life) {
        return first.life == life || second.life == life;
    }

    void send(Life from, Lane lane, Message message) {
        End mine = endOf(from);
        if (!broken && mine.told) {
            mine.other().add(lane, message);
        }
    }

    /** Breaks, in the middle of what is on its way. */
    void breaks() {
        if (broken) {
            return;
        }
        broken = true;
        for (End end : List.of(first, second)) {
            if (!end.life.isAlive()) {
                end.gone = true;
            } else {
                end.keepSome();
                end.life.liveIn(1 + 1_000_000 * chance.nextLong(universe.plan.knob(Knob.NOTICE_MAX_MS) + 1),
                        end::notice);
            }
        }
        if (first.gone && second.gone) {
            over.run();
        }
    }

    /** The bulk lanes end, in the middle of what is on its way; nobody is told. */
    void breaksBulk() {
        first.keepSome(Lane.BULK);
        second.keepSome(Lane.BULK);
    }

    /** One of the processes has died. */
    void died(Life dead) {
        End end = endOf(dead);
        if (broken && !end.gone) {
            end.leave();
        }
        breaks();
    }

    /** A cut is over: what it held back is on its way. */
    void healed() {
        for (End end : List.of(first, second)) {
            if (!end.gone) {
                for (Lane lane : Lane.values()) {
                    end.pumpAt(lane, universe.timeline.nowNs());
                }
            }
        }
    }
}
