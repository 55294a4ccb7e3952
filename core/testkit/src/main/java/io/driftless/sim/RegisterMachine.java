package io.driftless.sim;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.sim.history.Operation;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Registers that {@link Operation}s read and write. Keeps nothing over restarts: {@link StoredRegisterMachine} does.
 *
 * <p>A snapshot is a version (1 byte) and the number of registers (4 bytes), then key (4 bytes) and value (8 bytes) of
 * each, in the order of the keys. Numbers have the highest byte first.
 */
class RegisterMachine implements StateMachine {

    /** Is told of each command before its answer leaves, and may throw instead. */
    interface Witness {

        /** Before a command is applied. */
        void applying();

        /** After it. */
        void applied(long index, long term, Operation operation, long result);

        /** It has taken back a snapshot of {@code index}; what it had kept itself was of the index {@code kept}. */
        default void restored(long index, long kept) { }
    }

    private static final byte SNAPSHOT_VERSION = 1;

    private final boolean inline;
    private Witness witness = new Witness() {
        @Override
        public void applying() { }

        @Override
        public void applied(long index, long term, Operation operation, long result) { }
    };
    private SortedMap<Integer, Long> registers = new TreeMap<>();

    RegisterMachine(boolean inline) {
        this.inline = inline;
    }

    void watchedBy(Witness newWitness) {
        witness = newWitness;
    }

    /** Its disk was lost. */
    void forget() {
        registers = new TreeMap<>();
    }

    /** The registers' values. */
    final SortedMap<Integer, Long> registers() {
        return registers;
    }

    /** The index of what it has kept. */
    long kept() {
        return 0;
    }

    /** It goes on from here. */
    final void goOnFrom(SortedMap<Integer, Long> stored) {
        registers = new TreeMap<>(stored);
    }

    @Override
    public long open(MachineContext context) {
        forget();
        return 0;
    }

    @Override
    public Result apply(Command command) {
        witness.applying();
        Operation operation = Operation.decode(command.payload());
        long before = registers.getOrDefault(operation.key(), 0L);
        registers.put(operation.key(), operation.after(before));
        witness.applied(command.index(), command.term(), operation, before);
        return Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(before).array());
    }

    /** The value of the register with this key (4 bytes). */
    @Override
    public Result query(ByteBuffer query, long appliedIndex) {
        return Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(registers.getOrDefault(query.getInt(), 0L)).array());
    }

    @Override
    public boolean takesSnapshots() {
        return true;
    }

    /** There are few registers, so they are written here. */
    @Override
    public MachineSnapshot snapshot() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + Integer.BYTES + registers.size() * (Integer.BYTES + Long.BYTES));
        bytes.put(SNAPSHOT_VERSION).putInt(registers.size());
        registers.forEach((key, value) -> bytes.putInt(key).putLong(value));
        return out -> out.write(bytes.array());
    }

    /**
     * Replaces all registers.
     *
     * @throws IOException if the content is not exactly one snapshot of this version
     */
    @Override
    public void restore(InputStream content, long index) throws IOException {
        try {
            registers = read(new DataInputStream(content));
        } catch (EOFException cut) {
            throw new IOException("a snapshot of registers ends early", cut);
        }
        witness.restored(index, kept());
    }

    private static SortedMap<Integer, Long> read(DataInputStream in) throws IOException {
        byte version = in.readByte();
        if (version != SNAPSHOT_VERSION) {
            throw new IOException("a snapshot of registers of version " + version + ", not " + SNAPSHOT_VERSION);
        }
        SortedMap<Integer, Long> restored = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            restored.put(in.readInt(), in.readLong());
        }
        if (in.read() >= 0) {
            throw new IOException("a snapshot of registers goes on behind its end");
        }
        return restored;
    }

    @Override
    public boolean appliesInline() {
        return inline;
    }

    @Override
    public void close() { }
}
