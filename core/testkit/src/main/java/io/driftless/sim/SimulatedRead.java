package io.driftless.sim;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.sim.history.Operation;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client's read without an entry in the log, until it is answered or given up. It changes nothing, so that it is sent
 * again at will: when it failed, and when its client's patience is over. The attempt before may still be answered then.
 */
final class SimulatedRead {

    private static final long BACK_OFF_MAX_MS = 60;
    private static final long PATIENCE_MAX_MS = 150;

    private final Universe universe;
    private final SplittableRandom chance;
    private final Operation read;
    private final Consistency consistency;
    private final Runnable done;
    private final long begunNs;
    private final long deadlineNs;
    private @Nullable Attempt attempt;
    private boolean over;

    /** One try, at one server. */
    private final class Attempt implements ClientConnection {

        private final int node;
        /** As it has reached the server. */
        private @Nullable Query asked;

        Attempt(int node) {
            this.node = node;
        }

        private void reaches(Life life) {
            long nowNs = universe.timeline.nowNs();
            Query query = new Query(universe.newSerial(), read, consistency);
            asked = query;
            universe.saw(new Happening.QueryReached(node, query, nowNs));
            Bytes key = Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(read.key()).array());
            life.receiver().requested(this, List.of(new ClientRequest.Query(query.number(),
                    Math.max(0, (deadlineNs - nowNs) / 1_000_000), consistency, key)));
        }

        @Override
        public void reply(ClientReply reply) {
            Query query = asked;
            if (reply instanceof ClientReply.QueryAnswered answered && query != null) {
                universe.saw(new Happening.QueryTold(node, query, universe.timeline.nowNs(), answered.outcome()));
                universe.timeline.in(latencyNs(), () -> told(this, query, answered));
            }
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return !over;
        }

        @Override
        public String description() {
            return "client " + read.client() + ", reading";
        }
    }

    /** {@code done} is run when it is over. */
    SimulatedRead(Universe universe, SplittableRandom chance, Operation read, Consistency consistency, Runnable done) {
        this.universe = universe;
        this.chance = chance;
        this.read = read;
        this.consistency = consistency;
        this.done = done;
        this.begunNs = universe.timeline.nowNs();
        this.deadlineNs = begunNs + 1_000_000 * universe.plan.knob(Knob.TIMEOUT_MS);
    }

    /** Is sent to this server first. */
    void begin(int node) {
        universe.timeline.at(deadlineNs, this::end);
        send(node);
    }

    private long latencyNs() {
        return 1_000 * chance.nextLong(universe.plan.knob(Knob.LATENCY_MIN_US), universe.plan.knob(
                Knob.LATENCY_MAX_US) + 1);
    }

    private int anyNode() {
        return chance.nextInt(universe.plan.servers());
    }

    private void send(int node) {
        Attempt now = new Attempt(node);
        attempt = now;
        boolean lost = chance.nextInt(1000) < universe.plan.knob(Knob.LOST_PERMILLE);
        universe.timeline.in(1_000_000 * chance.nextLong(10, PATIENCE_MAX_MS), () -> {
            if (attempt == now) {
                again(anyNode());
            }
        });
        universe.timeline.in(latencyNs(), () -> {
            Life life = universe.node(node).life();
            if (attempt != now || lost) {
                return;
            }
            if (life == null || !life.isListening()) {
                again(anyNode());
            } else {
                life.live(() -> now.reaches(life));
            }
        });
    }

    private void again(int node) {
        Attempt none = new Attempt(node);
        attempt = none;
        universe.timeline.in(1_000_000 * chance.nextLong(1, BACK_OFF_MAX_MS), () -> {
            if (attempt == none) {
                send(node);
            }
        });
    }

    private void told(Attempt by, Query query, ClientReply.QueryAnswered reply) {
        if (over) {
            return;
        }
        switch (reply.outcome()) {
            case QueryOutcome.Answered answered -> {
                universe.saw(new Happening.ReadTold(query, begunNs, universe.timeline.nowNs(),
                        answered.result().asByteBuffer().getLong()));
                end();
            }
            case QueryOutcome.Failed failed -> {
                if (attempt == by) {
                    int leader = universe.numberOfAddress(reply.leaderAddress());
                    again(leader >= 0 && chance.nextBoolean() ? leader : anyNode());
                }
            }
        }
    }

    private void end() {
        if (!over) {
            over = true;
            attempt = null;
            done.run();
        }
    }
}
