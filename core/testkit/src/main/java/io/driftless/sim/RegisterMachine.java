package io.driftless.sim;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.sim.history.Operation;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** Registers that {@link Operation}s read and write. Keeps its state over restarts if it is told to. */
final class RegisterMachine implements StateMachine {

    /** Is told of each command before its answer leaves, and may throw instead. */
    interface Witness {

        /** Before a command is applied. */
        void applying();

        /** After it. */
        void applied(long index, long term, Operation operation, long result);
    }

    private final boolean keeps;
    private final boolean inline;
    private Witness witness = new Witness() {
        @Override
        public void applying() { }

        @Override
        public void applied(long index, long term, Operation operation, long result) { }
    };
    private SortedMap<Integer, Long> registers = new TreeMap<>();
    private long applied;

    RegisterMachine(boolean keeps, boolean inline) {
        this.keeps = keeps;
        this.inline = inline;
    }

    void watchedBy(Witness newWitness) {
        witness = newWitness;
    }

    /** Its disk was lost. */
    void forget() {
        registers = new TreeMap<>();
        applied = 0;
    }

    @Override
    public long open(MachineContext context) {
        if (!keeps) {
            forget();
        }
        return applied;
    }

    @Override
    public Result apply(Command command) {
        witness.applying();
        Operation operation = Operation.decode(command.payload());
        long before = registers.getOrDefault(operation.key(), 0L);
        registers.put(operation.key(), operation.after(before));
        // As a machine with a database would: the command and its index in one transaction.
        applied = command.index();
        witness.applied(command.index(), command.term(), operation, before);
        return Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(before).array());
    }

    @Override
    public void batchApplied(long index) {
        applied = Math.max(applied, index);
    }

    @Override
    public boolean appliesInline() {
        return inline;
    }

    @Override
    public void close() { }
}
