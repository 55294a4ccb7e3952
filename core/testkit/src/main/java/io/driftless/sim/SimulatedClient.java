package io.driftless.sim;

import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.sim.history.Operation;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client: one operation after the other. What was rejected is sent again, elsewhere; what may have been executed
 * never is, unless it only reads.
 */
final class SimulatedClient {

    private static final long BACK_OFF_MAX_MS = 60;

    private final int number;
    private final Universe universe;
    private final SplittableRandom chance;
    /** Whom it thinks the leader. */
    private int hint;
    private long lastSeen;
    private @Nullable Attempt attempt;
    private boolean ended;
    /** Of reads without an entry. */
    private final SplittableRandom readChance;
    /** Where its last command that was acknowledged stands. */
    private long lastIndex;

    /** One try to have an operation executed. */
    private final class Attempt implements ClientConnection {

        private final Operation operation;
        private final long deadlineNs;
        private boolean sent;
        /** Which server it has reached. */
        private int askedNode;
        /** Where it was on its way to when it was lost. */
        private @Nullable Life lostAt;

        Attempt(Operation operation, long deadlineNs) {
            this.operation = operation;
            this.deadlineNs = deadlineNs;
        }

        private void reaches(Life life, long leftMs) {
            askedNode = life.node.number;
            universe.saw(new Happening.Reached(askedNode, operation));
            life.receiver().requested(this, List.of(new ClientRequest.Execute(operation.serial(), leftMs,
                    operation.encoded())));
        }

        @Override
        public void reply(ClientReply reply) {
            if (reply instanceof ClientReply.CommandAnswered answered) {
                universe.saw(new Happening.Answered(askedNode, operation));
                universe.timeline.in(latencyNs(), () -> answered(this, answered));
            }
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return attempt == this;
        }

        @Override
        public String description() {
            return "client " + number;
        }
    }

    SimulatedClient(int number, Universe universe) {
        this.number = number;
        this.universe = universe;
        this.chance = universe.plan.chance("client", number);
        this.readChance = universe.plan.chance("reads", number);
    }

    private long latencyNs() {
        return 1_000 * chance.nextLong(universe.plan.knob(Knob.LATENCY_MIN_US), universe.plan.knob(
                Knob.LATENCY_MAX_US) + 1);
    }

    /** No new operation begins. */
    void end() {
        ended = true;
    }

    void think() {
        universe.timeline.in(1_000_000 * chance.nextLong(1, universe.plan.knob(Knob.THINK_MAX_MS) + 1), this::begin);
    }

    private void begin() {
        if (ended) {
            return;
        }
        if (readChance.nextInt(1000) < universe.plan.knob(Knob.READS)) {
            read();
            return;
        }
        long serial = universe.newSerial();
        Operation.Kind kind = Operation.Kind.values()[chance.nextInt(3)];
        Operation operation = new Operation(serial, number, kind, chance.nextInt((int) universe.plan.knob(Knob.KEYS)),
                serial, lastSeen);
        long nowNs = universe.timeline.nowNs();
        universe.saw(new Happening.Invoked(operation, nowNs));
        Attempt first = new Attempt(operation, nowNs + 1_000_000 * universe.plan.knob(Knob.TIMEOUT_MS));
        attempt = first;
        universe.timeline.at(first.deadlineNs, () -> timedOut(operation));
        send(first);
    }

    /** Mostly of whoever it thinks leads, and all the same of any other. */
    private void read() {
        Operation operation = new Operation(universe.newSerial(), number, Operation.Kind.READ, readChance.nextInt(
                (int) universe.plan.knob(Knob.KEYS)), 0, 0);
        Consistency consistency = switch (readChance.nextInt(8)) {
            case 0 -> Consistency.STALE;
            // Its own last command, and sometimes what is still to come.
            case 1, 2 -> Consistency.atLeast(lastIndex + Math.max(0, readChance.nextInt(8) - 4));
            default -> Consistency.LINEARIZABLE;
        };
        new SimulatedRead(universe, readChance, operation, consistency, this::think).begin(readChance.nextInt(5) < 3
                ? hint : readChance.nextInt(universe.plan.servers()));
    }

    private void send(Attempt now) {
        boolean lost = chance.nextInt(1000) < universe.plan.knob(Knob.LOST_PERMILLE);
        universe.timeline.in(latencyNs(), () -> {
            Life life = universe.node(hint).life();
            if (attempt != now) {
                return;
            }
            if (life == null || !life.isListening()) {
                // Nobody listens there, so nothing was sent.
                again(now, -1);
                return;
            }
            now.sent = true;
            if (lost) {
                now.lostAt = life;
            } else {
                long leftMs = Math.max(0, (now.deadlineNs - universe.timeline.nowNs()) / 1_000_000);
                life.live(() -> now.reaches(life, leftMs));
            }
        });
    }

    private void again(Attempt rejected, int leader) {
        hint = leader >= 0 ? leader : chance.nextInt(universe.plan.servers());
        Attempt next = new Attempt(rejected.operation, rejected.deadlineNs);
        attempt = next;
        universe.timeline.in(1_000_000 * chance.nextLong(1, BACK_OFF_MAX_MS), () -> {
            if (attempt == next) {
                send(next);
            }
        });
    }

    private void answered(Attempt asked, ClientReply.CommandAnswered reply) {
        long nowNs = universe.timeline.nowNs();
        switch (reply.outcome()) {
            case Outcome.Committed committed -> {
                long result = ByteBuffer.wrap(committed.result().value()).getLong();
                universe.saw(new Happening.Committed(asked.operation, nowNs, committed.index(), result));
                if (attempt == asked) {
                    lastSeen = asked.operation.after(result);
                    lastIndex = committed.index();
                    next();
                }
            }
            case Outcome.Rejected rejected -> {
                universe.saw(new Happening.Rejected(asked.operation, nowNs));
                if (attempt == asked) {
                    again(asked, universe.numberOfAddress(reply.leaderAddress()));
                }
            }
            case Outcome.Unknown unknown -> {
                if (attempt == asked) {
                    universe.saw(new Happening.GaveUp(asked.operation, nowNs, false));
                    next();
                }
            }
        }
    }

    /** A node has ended in order: it said goodbye, which names less than what has not arrived. */
    void saidGoodbye(Life ending) {
        Attempt open = attempt;
        if (open != null && open.lostAt == ending) {
            universe.timeline.in(latencyNs(), () -> {
                if (attempt == open) {
                    universe.saw(new Happening.Rejected(open.operation, universe.timeline.nowNs()));
                    again(open, -1);
                }
            });
        }
    }

    private void timedOut(Operation operation) {
        Attempt open = attempt;
        if (open != null && open.operation == operation) {
            universe.saw(new Happening.GaveUp(operation, universe.timeline.nowNs(), !open.sent));
            next();
        }
    }

    private void next() {
        attempt = null;
        hint = chance.nextInt(20) == 0 ? chance.nextInt(universe.plan.servers()) : hint;
        think();
    }
}
