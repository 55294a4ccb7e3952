package io.driftless.sim;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.sim.history.Operation;
import java.nio.ByteBuffer;

/**
 * The simulator's machine and a user's, side by side in one server. The user's comes first, so that a server which dies
 * between the two has applied a command there that nobody was answered. Each skips what it says to have kept.
 *
 * @param <M> the user's machine
 */
final class TwinMachine<M extends StateMachine> implements StateMachine {

    private final RegisterMachine own;
    private final M twin;
    private final String server;
    private final MachineTwins<M> twins;
    private long ownKept;
    private long twinKept;

    TwinMachine(RegisterMachine own, M twin, String server, MachineTwins<M> twins) {
        this.own = own;
        this.twin = twin;
        this.server = server;
        this.twins = twins;
    }

    @Override
    public long open(MachineContext context) throws Exception {
        ownKept = own.open(context);
        twinKept = twin.open(context);
        return Math.min(ownKept, twinKept);
    }

    @Override
    public Result apply(Command command) {
        if (command.index() > twinKept) {
            applyTwin(command);
        }
        // Of a command that only the other one lacks nobody waits for the answer.
        return command.index() > ownKept ? own.apply(command) : Result.ok(new byte[Long.BYTES]);
    }

    private void applyTwin(Command command) {
        byte[] bytes = twins.command(Operation.decode(command.payload().duplicate()).serial());
        try {
            Result result = twin.apply(new Given(command, ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer()));
            if (result == null) {
                twins.gaveNull(server, command.index(), bytes);
            } else {
                twins.applied(server, command.index(), bytes, result, twin);
            }
        } catch (Exception thrown) {
            twins.threw(server, command.index(), bytes, thrown);
        }
    }

    @Override
    public void batchApplied(long index) throws Exception {
        own.batchApplied(index);
        if (index > twinKept) {
            twin.batchApplied(index);
        }
    }

    @Override
    public boolean appliesInline() {
        return own.appliesInline();
    }

    @Override
    public void close() {
        twin.close();
        own.close();
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
