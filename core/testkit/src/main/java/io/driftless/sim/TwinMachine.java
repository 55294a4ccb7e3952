package io.driftless.sim;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.sim.history.Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * The simulator's machine and a user's, side by side in one server. The user's comes first, so that a server which dies
 * between the two has applied a command there that nobody was answered. Each skips what it says to have kept.
 *
 * <p>Snapshots are taken if both take them. One is the index that each side's state is of (8 bytes each), the length of
 * the simulator's part (4 bytes), that part, and the user's part up to the end. Numbers have the highest byte first.
 *
 * @param <M> the user's machine
 */
final class TwinMachine<M extends StateMachine> implements StateMachine {

    private final TwinSide<RegisterMachine> own;
    private final TwinSide<M> twin;
    private final String server;
    private final MachineTwins<M> twins;
    private long applied;

    TwinMachine(RegisterMachine own, M twin, String server, MachineTwins<M> twins) {
        this.own = new TwinSide<>(own);
        this.twin = new TwinSide<>(twin);
        this.server = server;
        this.twins = twins;
    }

    @Override
    public long open(MachineContext context) throws Exception {
        applied = Math.min(own.open(context), twin.open(context));
        return applied;
    }

    @Override
    public Result apply(Command command) {
        applied = command.index();
        if (command.index() > twin.kept()) {
            applyTwin(command);
        }
        // What only the other one lacks is answered as it was: its session may keep the result.
        return command.index() > own.kept() ? twins.answered(command.index(), own.machine.apply(command))
                : twins.answer(command.index());
    }

    private void applyTwin(Command command) {
        byte[] bytes = twins.command(Operation.decode(command.payload().duplicate()).serial());
        try {
            Result result = twin.machine.apply(new Given(command, ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer()));
            if (result == null) {
                twins.gaveNull(server, command.index(), bytes);
            } else {
                twins.applied(server, command.index(), bytes, result, twin.machine);
            }
        } catch (Exception thrown) {
            twins.threw(server, command.index(), bytes, thrown);
        }
    }

    @Override
    public void batchApplied(long index, SessionRows changed) throws Exception {
        applied = index;
        own.batchApplied(index, changed);
        twin.batchApplied(index, changed);
    }

    /** Those of the one that has applied less. */
    @Override
    public SessionRows sessions() throws Exception {
        SessionRows ofTwin = twin.machine.sessions();
        return Math.min(own.kept(), twin.kept()) == 0 ? SessionRows.NONE : twin.kept() <= own.kept() ? ofTwin
                : own.machine.sessions();
    }

    @Override
    public boolean takesSnapshots() {
        return own.machine.takesSnapshots() && twin.machine.takesSnapshots();
    }

    @Override
    public MachineSnapshot snapshot() throws Exception {
        ByteArrayOutputStream registers = new ByteArrayOutputStream();
        try (MachineSnapshot few = own.machine.snapshot()) {
            few.writeTo(registers);
        }
        return new Views(Math.max(own.kept(), applied), Math.max(twin.kept(), applied), registers.toByteArray(),
                twin.machine.snapshot());
    }

    @Override
    public void restore(InputStream content, long index) throws Exception {
        DataInputStream in = new DataInputStream(content);
        long ownIndex = in.readLong();
        long twinIndex = in.readLong();
        own.restore(new ByteArrayInputStream(in.readNBytes(in.readInt())), index, ownIndex);
        twin.restore(in, index, twinIndex);
        applied = index;
    }

    @Override
    public boolean appliesInline() {
        return own.machine.appliesInline();
    }

    @Override
    public void close() {
        twin.machine.close();
        own.machine.close();
    }

    private record Views(long ownIndex, long twinIndex, byte[] registers, MachineSnapshot twin)
            implements MachineSnapshot {

        @Override
        public void writeTo(OutputStream out) throws Exception {
            DataOutputStream stream = new DataOutputStream(out);
            stream.writeLong(ownIndex);
            stream.writeLong(twinIndex);
            stream.writeInt(registers.length);
            stream.write(registers);
            stream.flush();
            twin.writeTo(out);
        }

        @Override
        public void close() {
            twin.close();
        }
    }

    /** A command with the user's bytes. */
    private record Given(Command place, ByteBuffer payload) implements Command {

        @Override
        public long index() {
            return place.index();
        }

        @Override
        public long term() {
            return place.term();
        }

        @Override
        public long logTimeMs() {
            return place.logTimeMs();
        }
    }
}
