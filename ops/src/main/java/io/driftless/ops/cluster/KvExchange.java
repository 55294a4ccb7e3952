package io.driftless.ops.cluster;

import io.driftless.errors.MalformedException;
import io.driftless.machine.Outcome;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * A key-value command and what became of it. Immutable.
 *
 * @param command what was sent
 * @param outcome what is known
 * @param nanos   how long that took
 */
public record KvExchange(KvCommand command, Outcome outcome, long nanos) {

    /** Whether it was executed; the machine may have refused it all the same, see {@link #isRefused}. */
    public boolean isCommitted() {
        return outcome instanceof Outcome.Committed;
    }

    /** Whether it was executed, and the machine answered that it did nothing, as where the quota is used up. */
    public boolean isRefused() {
        return outcome instanceof Outcome.Committed(long index, var result) && !result.isOk();
    }

    /** Whether it was executed, and not refused: what ends a command with exit code 0. */
    public boolean isDone() {
        return isCommitted() && !isRefused();
    }

    /** {@code committed}, {@code rejected} or {@code unknown}. */
    public String word() {
        return switch (outcome) {
            case Outcome.Committed committed -> "committed";
            case Outcome.Rejected rejected -> "rejected";
            case Outcome.Unknown unknown -> "unknown";
        };
    }

    /** What the machine answered; empty if it was not executed, or answered with an error. */
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

    /** Why it has no reply: the reason's word and, behind a colon, its detail; empty if it has one. */
    public Optional<String> reason() {
        return switch (outcome) {
            case Outcome.Committed(long index, var result) when !result.isOk() ->
                    Optional.of((result.code() == KeyValueMachine.QUOTA_EXCEEDED ? "quota_exceeded: "
                            : "failed_" + result.code() + ": ") + result.text());
            case Outcome.Committed committed when reply().isEmpty() ->
                    Optional.of("not_key_value: the cluster runs another state machine");
            case Outcome.Committed committed -> Optional.empty();
            case Outcome.Rejected(var reason, var detail, var retryAfter) ->
                    Optional.of(reason.name().toLowerCase(Locale.ROOT) + (detail.isEmpty() ? "" : ": " + detail));
            case Outcome.Unknown(var why) ->
                    Optional.of(why.name().toLowerCase(Locale.ROOT));
        };
    }
}
