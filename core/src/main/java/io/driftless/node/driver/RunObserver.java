package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.node.NodeListener;
import io.driftless.node.NodeRole;
import io.driftless.raft.Effect;
import io.driftless.raft.ServerId;
import io.driftless.transport.Transport;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Takes note of what the core does, for everybody in the run who must know. Thread: whoever owns the core, except for
 * {@link #notAnswered}; so nothing here may wait.
 */
final class RunObserver implements NodeLoop.Observer {

    private final Engine engine;
    private final NodeClock clock;
    private final NodeListener listener;
    private final NodeErrors errors;
    private final Greeting greeting;
    private final Transport transport;
    private final Situation situation;
    private final LeaderWatch.Run leaderWatch;
    private final LongSupplier watchNs;
    private final BooleanSupplier someClientWaits;
    private final Engine.Alarm alarm;

    /**
     * {@code alarm} is set to when the core, or something else here, is to be looked at again; {@code watchNs} says
     * when what the state machine does is, by the clock.
     */
    RunObserver(Engine engine, NodeClock clock, NodeListener listener, NodeErrors errors, Greeting greeting,
            Transport transport, Situation situation, LeaderWatch.Run leaderWatch, LongSupplier watchNs,
            BooleanSupplier someClientWaits, Engine.Alarm alarm) {
        this.engine = engine;
        this.clock = clock;
        this.listener = listener;
        this.errors = errors;
        this.greeting = greeting;
        this.transport = transport;
        this.situation = situation;
        this.leaderWatch = leaderWatch;
        this.watchNs = watchNs;
        this.someClientWaits = someClientWaits;
        this.alarm = alarm;
    }

    @Override
    public void roleChanged(Effect.RoleChanged change) {
        engine.roleChanged(change);
        leaderWatch.changed(change.leaderId());
        situation.roleChanged(change, clock.nowNs());
        listener.roleChanged(NodeRole.of(change.role()), change.term(), change.leaderId().isNone()
                ? Optional.empty() : Optional.of(change.leaderId().value()));
    }

    @Override
    public void report(String detail) {
        listener.warning(detail);
    }

    @Override
    public void doubted(String detail) {
        greeting.inDoubt(true);
        listener.warning(detail);
        transport.reintroduce();
    }

    @Override
    public void doubtEnded(String detail) {
        greeting.inDoubt(false);
        listener.info(detail);
    }

    @Override
    public void failed(Effect.Fail failure) {
        switch (failure.failure()) {
            case LOST_DATA -> errors.unrecoverable(EndCause.LOST_DATA, "core", failure.detail(), null);
            case WRITE_FAILED -> leaderWatch.changed(ServerId.NONE);
        }
    }

    @Override
    public void notAnswered(Throwable thrown) {
        errors.record(ErrorEntry.of("driver", "a question for the status was not answered: "
                + ErrorEntry.messageOf(thrown), thrown));
    }

    @Override
    public void tickDueAt(long deadlineNs) {
        long lookNs = Math.min(situation.wakeNs(), watchNs.getAsLong());
        alarm.dueAt(Math.min(deadlineNs, lookNs), someClientWaits.getAsBoolean());
    }

    @Override
    public void handOver() {
        alarm.handOver();
    }
}
