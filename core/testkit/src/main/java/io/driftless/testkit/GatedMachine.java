package io.driftless.testkit;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/** A state machine whose results pass an {@link EventGate} before they leave. As thread safe as the machine. */
class GatedMachine implements StateMachine {

    private final StateMachine machine;
    private final String node;
    private final EventGate gate;

    private GatedMachine(StateMachine machine, String node, EventGate gate) {
        this.machine = machine;
        this.node = node;
        this.gate = gate;
    }

    /** Before this one. A node treats it as what it is: one that keeps the rows of the session table, or none. */
    static GatedMachine of(StateMachine machine, String node, EventGate gate) {
        try {
            boolean keepsRows = machine.getClass().getMethod("batchApplied", long.class, SessionRows.class)
                    .getDeclaringClass() != StateMachine.class;
            return keepsRows ? new KeepingRows(machine, node, gate) : new GatedMachine(machine, node, gate);
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Takes the rows of the session table. */
    private static final class KeepingRows extends GatedMachine {

        KeepingRows(StateMachine machine, String node, EventGate gate) {
            super(machine, node, gate);
        }

        @Override
        public void batchApplied(long index, SessionRows changed) throws Exception {
            super.machine.batchApplied(index, changed);
        }
    }

    @Override
    public long open(MachineContext context) throws Exception {
        return machine.open(context);
    }

    @Override
    public Result apply(Command command) throws Exception {
        Result result = machine.apply(command);
        if (gate.isWatching()) {
            gate.pass(new ClusterEvent.Applied(node, command.index(), command.term()));
        }
        return result;
    }

    @Override
    public void batchApplied(long index) throws Exception {
        machine.batchApplied(index);
    }

    @Override
    public SessionRows sessions() throws Exception {
        return machine.sessions();
    }

    @Override
    public boolean takesSnapshots() {
        return machine.takesSnapshots();
    }

    @Override
    public MachineSnapshot snapshot() throws Exception {
        return machine.snapshot();
    }

    @Override
    public void restore(InputStream content, long index) throws Exception {
        machine.restore(content, index);
    }

    @Override
    public boolean appliesInline() {
        return machine.appliesInline();
    }

    @Override
    public Result query(ByteBuffer query, long appliedIndex) throws Exception {
        return machine.query(query, appliedIndex);
    }

    @Override
    public Map<String, Long> gauges() {
        return machine.gauges();
    }

    @Override
    public void close() {
        machine.close();
    }
}
