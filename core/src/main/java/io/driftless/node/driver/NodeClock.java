package io.driftless.node.driver;

import java.util.function.LongSupplier;

/** The time of a run: nanoseconds from 0 on, which never fall. Thread safe. */
final class NodeClock implements LongSupplier {

    private final Engine engine;
    private final long originNs;

    /** Begins now. */
    NodeClock(Engine engine) {
        this.engine = engine;
        this.originNs = engine.nanoTime();
    }

    long nowNs() {
        return engine.nanoTime() - originNs;
    }

    /** When that was, given a time of the engine's clock; 0 if it was before this run. */
    long at(long engineNs) {
        return Math.max(0, engineNs - originNs);
    }

    @Override
    public long getAsLong() {
        return nowNs();
    }
}
