package io.driftless.testkit.cluster;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import java.nio.ByteBuffer;

/** Answers each command and each query with itself. */
final class Echo implements StateMachine {

    @Override
    public long open(MachineContext context) {
        return 0;
    }

    @Override
    public Result apply(Command command) {
        return same(command.payload());
    }

    @Override
    public Result query(ByteBuffer query, long appliedIndex) {
        return same(query);
    }

    private static Result same(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        return Result.ok(bytes);
    }

    @Override
    public void close() { }
}
