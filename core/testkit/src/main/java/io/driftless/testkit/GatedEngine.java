package io.driftless.testkit;

import io.driftless.node.driver.Engine;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import io.driftless.raft.RaftSettings;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The real threads, by the clock of an {@link EventGate}, which hears of the node's roles. Thread safe. */
record GatedEngine(String node, Engine real, EventGate gate) implements Engine {

    @Override
    public long nanoTime() {
        return gate.nanoTime();
    }

    @Override
    public long wallMs() {
        return real.wallMs();
    }

    @Override
    public long seed() {
        return real.seed();
    }

    @Override
    public RaftSettings settings(RaftSettings usual) {
        return real.settings(usual);
    }

    @Override
    public long diskBatchBytes(long usual) {
        return real.diskBatchBytes(usual);
    }

    @Override
    public long cacheBytes(long usual) {
        return real.cacheBytes(usual);
    }

    @Override
    public Then completed(List<Event> writes, Function<List<Event>, Then> receiver) {
        return real.completed(writes, receiver);
    }

    @Override
    public Hand hand(String name, BooleanSupplier some) {
        return real.hand(name, some);
    }

    @Override
    public Alarm alarm(String name, LongSupplier clock, Runnable tick, Runnable takeOver) {
        return real.alarm(name, clock, tick, takeOver);
    }

    @Override
    public Heap heap(Consumer<String> news) {
        return real.heap(news);
    }

    @Override
    public Errands errands(String name) {
        return real.errands(name);
    }

    @Override
    public Errands standby(String name) {
        return real.standby(name);
    }

    @Override
    public void roleChanged(Effect.RoleChanged change) {
        gate.note(new ClusterEvent.RoleChanged(node, change.role(), change.term(), change.leaderId().isNone() ? ""
                : change.leaderId().value()));
    }

    @Override
    public boolean within(long limitNs, String name, Runnable thing) {
        return real.within(limitNs, name, thing);
    }
}
