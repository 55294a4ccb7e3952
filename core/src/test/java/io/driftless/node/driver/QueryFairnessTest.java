package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.Storage;
import io.driftless.machine.Command;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.session.SessionTable;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** That what waits for the state machine has its turn, however much else there is. */
class QueryFairnessTest {

    private static final long MS = 1_000_000;

    private final Admission room = new Admission(1_000_000, 1L << 40);
    private final List<Long> answered = new ArrayList<>();
    private final ClientConnection client = StandIn.of(ClientConnection.class, (proxy, method, arguments) -> {
        if (method.getName().equals("reply")) {
            answered.add(((ClientReply.QueryAnswered) arguments[0]).id());
        }
        return null;
    });
    private long nowNs = 1_000 * MS;
    private final QueryQueue queue = new QueryQueue(() -> nowNs, () -> "", error -> { });

    private void add(long id, long index) {
        assertTrue(room.take(1));
        queue.add(List.of(new PendingQuery(client, id, nowNs + 5_000 * MS, Bytes.wrap(new byte[] {1}), room,
                queue.count())), index, QueryQueue.NEVER, new Replies());
    }

    /** Stale queries wait for index 0, and so are before all that came before them. */
    @Test
    void aLinearizableQueryIsAnsweredAlthoughStaleOnesComeAllTheTime() {
        ReplicatedState state = new ReplicatedState(new MachineCalls(StandIn.of(StateMachine.class,
                (proxy, method, arguments) -> {
                    nowNs += MS / 4;
                    return Result.ok(new byte[1]);
                }), () -> 5), new SessionTable(false), new KryoSerializer(), session -> { });
        add(1, 7);
        for (int turn = 0; turn < 1_000 && !answered.contains(1L); turn++) {
            for (int i = 0; i < 4; i++) {
                add(2, 0);
            }
            queue.answer(state, 9, new Replies());
        }
        assertTrue(answered.contains(1L), "not in " + answered.size() + " answers");
    }

    /** Commands that come all the time keep the machine from being asked for its gauges. */
    @Test
    void gaugesAreReadAlthoughCommandsComeAllTheTime() {
        Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> {
            BooleanSupplier some = (BooleanSupplier) arguments[1];
            return StandIn.of(Engine.Hand.class, (hand, called, none) -> {
                while (called.getName().equals("handOver") && some.getAsBoolean()) {
                    assertTrue(true);
                }
                return null;
            });
        });
        EntryCache cache = new EntryCache();
        ApplyQueue[] apply = new ApplyQueue[1];
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger askedBeforeTheEnd = new AtomicInteger();
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "gauges" -> {
                asked.incrementAndGet();
                yield Map.of("size", 1L);
            }
            case "apply" -> {
                long next = ((Command) arguments[0]).index() + 1;
                if (next == 2) {
                    apply[0].refreshGauges();
                }
                if (next <= 20_000) {
                    cache.put(command(next));
                    apply[0].upTo(next);
                } else {
                    askedBeforeTheEnd.set(asked.get());
                }
                yield Result.ok(new byte[0]);
            }
            default -> null;
        });
        Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> null);
        apply[0] = new ApplyQueue(engine, "apply", new ReplicatedState(new MachineCalls(machine, System::nanoTime),
                new SessionTable(false), new KryoSerializer(), session -> { }), false, 0, cache, storage,
                new Proposals(new Admission(10, 1_000)), queue, new ApplyQueue.Views() { }, restored -> { },
                (cause, source, message, throwable) -> {
                    throw new AssertionError(message, throwable);
                });
        cache.put(command(1));
        apply[0].upTo(1);
        apply[0].handOver();
        assertTrue(apply[0].applied() == 20_000, "applied " + apply[0].applied());
        assertTrue(askedBeforeTheEnd.get() > 1, "asked at the start only, in 20,000 commands");
    }

    private static LogEntry command(long index) {
        return new LogEntry(index, 1, 1, EntryType.COMMAND, 0, 0, Bytes.EMPTY);
    }
}
