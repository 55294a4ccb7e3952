package io.driftless.testkit.cluster;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Adds up the first byte of each command, and says the sum. */
class Counter implements StateMachine {

    long sum;

    @Override
    public long open(MachineContext context) {
        return 0;
    }

    @Override
    public Result apply(Command command) {
        sum += command.payload().get();
        return sum();
    }

    @Override
    public Result query(ByteBuffer query, long appliedIndex) throws Exception {
        return sum();
    }

    private Result sum() {
        return Result.ok(Long.toString(sum).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() { }
}
