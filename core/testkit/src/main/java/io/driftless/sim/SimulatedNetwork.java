package io.driftless.sim;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Receiver;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The network between the servers: who is connected to whom, what is cut, and how slow it is. */
final class SimulatedNetwork {

    private static final long RETRY_MAX_MS = 120;
    private static final long HELD_MAX_MS = 2_000;

    private final Universe universe;
    private final SplittableRandom chance;
    private final int servers;
    private final @Nullable Connection[][] connections;
    private final boolean[][] dialling;
    private final long[][] cutUntilNs;
    /** By lane. */
    private final long[][][] heldUntilNs;
    private final long[][] slowUntilNs;
    private final int[][] slowness;
    private long count;

    SimulatedNetwork(Universe universe) {
        this.universe = universe;
        this.servers = universe.plan.servers();
        this.chance = universe.plan.chance("network", 0);
        connections = new Connection[servers][servers];
        dialling = new boolean[servers][servers];
        cutUntilNs = new long[servers][servers];
        heldUntilNs = new long[Lane.values().length][servers][servers];
        slowUntilNs = new long[servers][servers];
        slowness = new int[servers][servers];
    }

    long latencyNs(int from, int to, SplittableRandom random) {
        long ns = 1_000 * random.nextLong(universe.plan.knob(Knob.LATENCY_MIN_US), universe.plan.knob(
                Knob.LATENCY_MAX_US) + 1);
        return slowUntilNs[from][to] > universe.timeline.nowNs() ? ns * slowness[from][to] : ns;
    }

    /** Until when nothing arrives on this lane. */
    long heldUntilNs(int from, int to, Lane lane) {
        return Math.max(cutUntilNs[from][to], heldUntilNs[lane.ordinal()][from][to]);
    }

    /** What {@code from} sends to {@code to} does not arrive for so long; the connection may break of it. */
    void cut(int from, int to, long ms) {
        if (from == to) {
            return;
        }
        cutUntilNs[from][to] = Math.max(cutUntilNs[from][to], universe.timeline.nowNs() + ms * 1_000_000);
        Connection held = connection(from, to);
        if (held != null && chance.nextBoolean()) {
            universe.timeline.in(1_000_000 * chance.nextLong(1, HELD_MAX_MS), () -> {
                if (connection(from, to) == held && cutUntilNs[from][to] > universe.timeline.nowNs()) {
                    held.breaks();
                }
            });
        }
    }

    /** What {@code from} sends to {@code to} does not arrive any more, and the connection stands. */
    void hold(int from, int to) {
        cutUntilNs[from][to] = Long.MAX_VALUE;
    }

    /** What {@code from} sends to {@code to} on this lane arrives when it is over. */
    void hold(int from, int to, Lane lane, long ms) {
        heldUntilNs[lane.ordinal()][from][to] = universe.timeline.nowNs() + ms * 1_000_000;
    }

    void slow(int from, int to, long ms, int factor) {
        slowUntilNs[from][to] = universe.timeline.nowNs() + ms * 1_000_000;
        slowness[from][to] = factor;
    }

    void reset(int from, int to) {
        Connection connection = connection(from, to);
        if (connection != null) {
            connection.breaks();
        }
    }

    /** The bulk lanes between them end; the connection stands. */
    void resetBulk(int from, int to) {
        Connection connection = connection(from, to);
        if (connection != null) {
            connection.breaksBulk();
        }
    }

    /** Everything works again, but for those that are to stay outside: they are cut off for good. */
    void heal(long insideMask, long forMs) {
        for (int from = 0; from < servers; from++) {
            for (int to = 0; to < servers; to++) {
                boolean inside = (insideMask >> from & insideMask >> to & 1) == 1;
                cutUntilNs[from][to] = 0;
                for (long[][] lane : heldUntilNs) {
                    lane[from][to] = 0;
                }
                slowUntilNs[from][to] = 0;
                Connection connection = connection(from, to);
                if (!inside) {
                    reset(from, to);
                    cut(from, to, forMs);
                } else if (connection != null && from < to) {
                    connection.healed();
                }
            }
        }
    }

    /** Whether the present process of one was told of a connection with the other's. */
    boolean haveMet(SimulatedNode one, SimulatedNode other) {
        Connection connection = connection(one.number, other.number);
        Life first = one.life();
        Life second = other.life();
        return connection != null && first != null && second != null && connection.joins(first)
                && connection.joins(second) && connection.endOf(first).isTold();
    }

    private @Nullable Connection connection(int a, int b) {
        return connections[Math.min(a, b)][Math.max(a, b)];
    }

    // ---- processes

    /** A transport for a process. */
    TransportFactory of(Life life) {
        return new TransportFactory() {
            @Override
            public Transport create(TransportContext context) {
                life.createdWith(context);
                return new Port(life);
            }

            @Override
            public ClientTransport clients() {
                throw new UnsupportedOperationException("clients of a simulation are simulated themselves");
            }
        };
    }

    private void listens(Life life) {
        for (int peer = 0; peer < servers; peer++) {
            if (peer != life.node.number) {
                dial(Math.min(peer, life.node.number), Math.max(peer, life.node.number));
            }
        }
    }

    /** A process dials another one with which its connection has ended: {@code refused} is run if nobody is there. */
    void dialAgain(Life from, Life to, Runnable refused) {
        if (universe.plan.knob(Knob.NOTICES_ENDS) == 1 && !to.isAlive()) {
            int here = from.node.number;
            int there = to.node.number;
            from.liveIn(2_000 * universe.plan.knob(Knob.LATENCY_MAX_US), () -> {
                long nowNs = universe.timeline.nowNs();
                if (universe.node(there).life() == null && cutUntilNs[here][there] <= nowNs
                        && cutUntilNs[there][here] <= nowNs) {
                    refused.run();
                }
            });
        }
    }

    /** Two servers try to connect until they are. */
    private void dial(int a, int b) {
        if (!dialling[a][b] && connections[a][b] == null) {
            dialling[a][b] = true;
            universe.timeline.in(1_000_000 * chance.nextLong(1, RETRY_MAX_MS), () -> {
                dialling[a][b] = false;
                connect(a, b);
            });
        }
    }

    private void connect(int a, int b) {
        Life one = universe.node(a).life();
        Life other = universe.node(b).life();
        if (one == null || other == null || !one.isListening() || !other.isListening()) {
            return;
        }
        long nowNs = universe.timeline.nowNs();
        boolean reachable = cutUntilNs[a][b] <= nowNs && cutUntilNs[b][a] <= nowNs
                && one.node.pausedUntilNs() <= nowNs && other.node.pausedUntilNs() <= nowNs;
        if (reachable && connections[a][b] == null) {
            connections[a][b] = new Connection(universe, this, chance.split(), ++count, one, other, () -> {
                connections[a][b] = null;
                dial(a, b);
            });
        } else {
            dial(a, b);
        }
    }

    void died(Life life) {
        for (int peer = 0; peer < servers; peer++) {
            Connection connection = connection(life.node.number, peer);
            if (connection != null && connection.joins(life)) {
                connection.died(life);
            }
        }
    }

    /** The transport of one process. */
    private final class Port implements Transport {

        private final Life life;

        Port(Life life) {
            this.life = life;
        }

        @Override
        public void start(Receiver receiver) {
            life.listens(receiver);
            listens(life);
        }

        @Override
        public String address() {
            return Universe.addressOf(life.node.number);
        }

        @Override
        public void send(ServerId to, Lane lane, Message message) {
            if (!life.isAlive()) {
                return;
            }
            life.node.effect();
            int peer = universe.numberOf(to);
            Connection connection = peer == life.node.number ? null : connection(life.node.number, peer);
            if (connection != null && connection.joins(life) && connection.endOf(life).isTold()) {
                universe.saw(new Happening.Sent(life.node.number, peer, lane, message));
                connection.send(life, lane, message);
            }
        }

        @Override
        public void reintroduce() {
            for (int peer = 0; peer < servers; peer++) {
                Connection connection = connection(life.node.number, peer);
                if (connection != null && connection.joins(life)) {
                    connection.breaks();
                }
            }
        }

        @Override
        public void stopAccepting() { }

        @Override
        public void close() { }
    }
}
