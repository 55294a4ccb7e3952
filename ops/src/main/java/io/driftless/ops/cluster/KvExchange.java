package io.driftless.ops.cluster;

import io.driftless.errors.MalformedException;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A key-value command and what became of it. Immutable.
 *
 * @param command what was sent
 * @param outcome what is known
 * @param nanos   how long that took
 */
public record KvExchange(KvCommand command, Outcome outcome, long nanos) implements KvResult {

    static final String ANOTHER_MACHINE = "not_key_value: the cluster runs another state machine";

    /** Whether it was executed; the machine may have refused it all the same, see {@link #isRefused}. */
    public boolean isCommitted() {
        return outcome instanceof Outcome.Committed;
    }

    @Override
    public boolean isRefused() {
        return outcome instanceof Outcome.Committed(long index, var result) && !result.isOk();
    }

    @Override
    public boolean isDone() {
        return isCommitted() && !isRefused();
    }

    /** {@code committed}, {@code rejected} or {@code unknown}. */
    @Override
    public String word() {
        return switch (outcome) {
            case Outcome.Committed committed -> "committed";
            case Outcome.Rejected rejected -> "rejected";
            case Outcome.Unknown unknown -> "unknown";
        };
    }

    @Override
    public OptionalLong index() {
        return outcome instanceof Outcome.Committed committed ? OptionalLong.of(committed.index())
                : OptionalLong.empty();
    }

    @Override
    public Optional<KvReply> reply() {
        if (outcome instanceof Outcome.Committed(long index, var result) && result.isOk()) {
            try {
                return Optional.of(KvReply.decode(ByteBuffer.wrap(result.value())));
            } catch (MalformedException anotherMachine) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> reason() {
        return switch (outcome) {
            case Outcome.Committed(long index, var result) when !result.isOk() ->
                    Optional.of(words(result));
            case Outcome.Committed committed when reply().isEmpty() -> Optional.of(ANOTHER_MACHINE);
            case Outcome.Committed committed -> Optional.empty();
            case Outcome.Rejected(var reason, var detail, var retryAfter) -> Optional.of(words(reason, detail));
            case Outcome.Unknown(var why) -> Optional.of(words(why, ""));
        };
    }

    /** An error of the machine. */
    static String words(Result failed) {
        return (failed.code() == KeyValueMachine.QUOTA_EXCEEDED ? "quota_exceeded: " : "failed_" + failed.code() + ": ")
                + failed.text();
    }

    /** A reason of the cluster. */
    static String words(Enum<?> reason, String detail) {
        return reason.name().toLowerCase(Locale.ROOT) + (detail.isEmpty() ? "" : ": " + detail);
    }
}
