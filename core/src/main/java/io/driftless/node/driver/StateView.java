package io.driftless.node.driver;

import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.SessionRows;
import java.util.function.Supplier;

/**
 * State machine, session table and log's clock as of one index (R22), while commands go on. For one thread at a time.
 *
 * @param index   the last index whose effects are in it
 * @param clockMs the log's clock there
 * @param rows    gives all rows of the session table
 * @param machine the machine's view
 */
record StateView(long index, long clockMs, Supplier<SessionRows> rows, MachineSnapshot machine)
        implements AutoCloseable {

    @Override
    public void close() {
        machine.close();
    }
}
