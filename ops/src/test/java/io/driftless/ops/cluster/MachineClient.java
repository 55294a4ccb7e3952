package io.driftless.ops.cluster;

import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A key-value machine without a cluster, for tests: executes at once, unless told to say something else. */
public final class MachineClient implements RaftClient {

    /** How old an answer to a query can be. */
    private static final Duration AGE = Duration.ofNanos(1_000_001);

    private final KeyValueMachine machine = new KeyValueMachine();
    private long index;
    private long attempts;
    private final List<Consistency> asked = new ArrayList<>();
    private LongFunction<Fate> fates = attempt -> Fate.COMMITTED;

    /** What becomes of an attempt. */
    public enum Fate {
        /** Executed and acknowledged. */
        COMMITTED,
        /** Not executed. */
        REJECTED,
        /** Executed, and nobody knows. */
        UNKNOWN_DONE,
        /** Not executed, and nobody knows. */
        UNKNOWN_LOST,
        /** Not executed, but acknowledged: a bug that a check must find. */
        LIED
    }

    /** Decides over attempts by their number, from 1. */
    public MachineClient with(LongFunction<Fate> decider) {
        fates = decider;
        return this;
    }

    @Override
    public synchronized Outcome execute(byte[] command, Duration timeout) {
        return switch (fates.apply(++attempts)) {
            case COMMITTED -> new Outcome.Committed(index + 1, apply(command));
            case REJECTED -> new Outcome.Rejected(Outcome.Reason.NO_LEADER, "nobody leads", Duration.ZERO);
            case UNKNOWN_DONE -> {
                apply(command);
                yield new Outcome.Unknown(Outcome.Why.DISCONNECTED);
            }
            case UNKNOWN_LOST -> new Outcome.Unknown(Outcome.Why.TIMEOUT);
            case LIED -> new Outcome.Committed(index, Result.ok(new byte[] {1, 1}));
        };
    }

    @Override
    public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
        return CompletableFuture.completedFuture(execute(command, timeout));
    }

    @Override
    public synchronized QueryOutcome query(byte[] query, Consistency consistency, Duration timeout) {
        asked.add(consistency);
        return new QueryOutcome.Answered(index, machine.query(ByteBuffer.wrap(query), index), Optional.of(AGE));
    }

    /** What each query so far was asked to show. */
    public synchronized List<Consistency> asked() {
        return List.copyOf(asked);
    }

    private Result apply(byte[] command) {
        index++;
        return machine.apply(new SentCommand(index, command));
    }

    /** A probe of the machine; {@code told}, if not null, is what it says of its state instead of the truth. */
    public NodeProbe probe(KvAnswer.@Nullable Digest told) {
        return new NodeProbe() {
            @Override
            public String statusJson(Duration timeout) {
                return "{}";
            }

            @Override
            public Answered query(KvQuery query, Duration timeout) {
                if (told != null && query instanceof KvQuery.Summary) {
                    return new Answered(index, told);
                }
                Result result = machine.query(ByteBuffer.wrap(query.encode()), index);
                return new Answered(index, KvAnswer.decode(ByteBuffer.wrap(result.value())));
            }

            @Override
            public void close() { }
        };
    }

    @Override
    public void close() { }
}
