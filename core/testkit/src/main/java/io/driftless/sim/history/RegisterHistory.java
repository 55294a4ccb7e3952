package io.driftless.sim.history;

import java.util.ArrayList;
import java.util.List;

/**
 * What clients of any cluster saw of registers that all held 0 at first. {@link Linearizability} judges it. Times come
 * from one clock, in nanoseconds. Not thread safe.
 */
public final class RegisterHistory {

    private final List<Call> calls = new ArrayList<>();

    /** Makes a history without calls. */
    public RegisterHistory() { }

    /** Adds a compare-and-set that was answered: the register held {@code before}. */
    public void changed(int register, long before, long after, long begunNs, long answeredNs) {
        add(Operation.Kind.CAS, register, after, before, begunNs, answeredNs, before);
    }

    /** Adds a compare-and-set without an answer. It may have happened at any time after its beginning, or never. */
    public void mayHaveChanged(int register, long before, long after, long begunNs) {
        add(Operation.Kind.CAS, register, after, before, begunNs, Long.MAX_VALUE, 0);
    }

    /** Adds a read that was answered. */
    public void read(int register, long value, long begunNs, long answeredNs) {
        add(Operation.Kind.READ, register, 0, 0, begunNs, answeredNs, value);
    }

    private void add(Operation.Kind kind, int register, long value, long expected, long begunNs, long answeredNs,
            long result) {
        Operation operation = new Operation(calls.size(), 0, kind, register, value, expected);
        calls.add(new Call(operation, begunNs, answeredNs, result));
    }

    /** Whether each call can be thought to happen at one moment between its beginning and its answer. */
    public boolean isLinearizable() {
        return Linearizability.isLinearizable(calls);
    }
}
