package io.driftless.ops.cluster;

import io.driftless.errors.MalformedException;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A command that changes nothing, asked as a query, and what became of it. Immutable.
 *
 * @param command what was asked
 * @param outcome what is known
 * @param nanos   how long that took
 */
public record KvReading(KvCommand command, QueryOutcome outcome, long nanos) implements KvResult {

    @Override
    public boolean isDone() {
        return reply().isPresent();
    }

    @Override
    public boolean isRefused() {
        return outcome instanceof QueryOutcome.Answered && reply().isEmpty();
    }

    /** {@code answered} or {@code failed}. */
    @Override
    public String word() {
        return switch (outcome) {
            case QueryOutcome.Answered answered -> "answered";
            case QueryOutcome.Failed failed -> "failed";
        };
    }

    @Override
    public OptionalLong index() {
        return outcome instanceof QueryOutcome.Answered answered ? OptionalLong.of(answered.index())
                : OptionalLong.empty();
    }

    /** How old the answer can be at most; empty if that is not known. */
    public Optional<Duration> age() {
        return outcome instanceof QueryOutcome.Answered answered ? answered.age() : Optional.empty();
    }

    @Override
    public Optional<KvReply> reply() {
        if (outcome instanceof QueryOutcome.Answered answered && answered.result().isOk()) {
            try {
                return KvAnswer.decode(ByteBuffer.wrap(answered.result().value())) instanceof KvAnswer.Said(var reply)
                        ? Optional.of(reply) : Optional.empty();
            } catch (MalformedException anotherMachine) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> reason() {
        return switch (outcome) {
            case QueryOutcome.Answered answered when !answered.result().isOk() ->
                    Optional.of(KvExchange.words(answered.result()));
            case QueryOutcome.Answered answered when reply().isEmpty() -> Optional.of(KvExchange.ANOTHER_MACHINE);
            case QueryOutcome.Answered answered -> Optional.empty();
            case QueryOutcome.Failed(var reason, var detail) -> Optional.of(KvExchange.words(reason, detail));
        };
    }
}
