package io.driftless.ops.cluster;

import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.util.Optional;
import java.util.OptionalLong;

/** What became of something that the key-value machine was asked, by way of the log or past it. Immutable. */
public sealed interface KvResult permits KvExchange, KvReading {

    /** What was asked. */
    KvCommand command();

    /** How long it took. */
    long nanos();

    /** Whether the machine answered, and did not refuse: what ends a command with exit code 0. */
    boolean isDone();

    /** Whether the machine answered that it did nothing, as where the quota is used up. */
    boolean isRefused();

    /** What became of it, in one word. */
    String word();

    /** The index that it was executed at, or that the answer shows; empty if there is none. */
    OptionalLong index();

    /** What the machine answered; empty if it did not, or answered with an error. */
    Optional<KvReply> reply();

    /** Why it has no reply: the reason's word and, behind a colon, its detail; empty if it has one. */
    Optional<String> reason();
}
