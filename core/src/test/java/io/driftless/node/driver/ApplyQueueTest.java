package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.EndCause;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.log.SyncFailedException;
import io.driftless.machine.StateMachine;
import io.driftless.session.SessionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What ends a node that cannot read a committed entry. */
class ApplyQueueTest {

    private final List<EndCause> ends = new ArrayList<>();

    /** Applies entry 1, which is in no memory and which the log does not show. */
    private void apply(boolean hasSyncFailed) {
        Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> {
            BooleanSupplier some = (BooleanSupplier) arguments[1];
            return StandIn.of(Engine.Hand.class, (hand, called, none) -> {
                while (called.getName().equals("handOver") && some.getAsBoolean()) {
                    assertEquals(List.of(), ends);
                }
                return null;
            });
        });
        LogReader reader = StandIn.of(LogReader.class, (proxy, method, arguments) ->
                method.getName().equals("seek") ? false : null);
        RaftLog log = StandIn.of(RaftLog.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "reader" -> reader;
            case "durableIndex" -> 0L;
            case "awaitBeyond" -> {
                if (hasSyncFailed) {
                    throw new SyncFailedException("planned");
                }
                yield false;
            }
            default -> throw new AssertionError(method);
        });
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "appliesInline" -> false;
            case "gauges" -> Map.of();
            default -> throw new AssertionError(method);
        });
        Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> method.getName().equals("log") ? log
                : null);
        ApplyQueue queue = new ApplyQueue(engine, System::nanoTime, "apply",
                new ReplicatedState(new MachineCalls(machine), new SessionTable(false), new KryoSerializer(),
                        session -> { }), false, 0,
                new EntryCache(), storage, null, new ApplyQueue.Views() { }, restored -> { },
                (cause, source, message, throwable) -> ends.add(cause));
        queue.upTo(1);
        queue.handOver();
    }

    @Test
    void anEntryThatAFailedSyncHidesEndsTheNodeAsThatSyncDoes() {
        apply(true);
        assertEquals(List.of(EndCause.FAILED_SYNC), ends);
    }

    @Test
    void anyOtherOneThatIsNotThereIsABrokenInvariant() {
        apply(false);
        assertEquals(List.of(EndCause.INVARIANT), ends);
    }
}
