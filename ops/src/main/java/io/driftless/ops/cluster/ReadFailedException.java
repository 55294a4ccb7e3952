package io.driftless.ops.cluster;

import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A read that got no answer, or none of a key-value machine. Its message is the detail, for a person. */
public final class ReadFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String word;

    private ReadFailedException(String word, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.word = word;
    }

    /** Nobody answered. */
    static ReadFailedException of(QueryOutcome.Reason reason, String detail) {
        return new ReadFailedException(reason.name().toLowerCase(Locale.ROOT), detail, null);
    }

    /** {@code address} did not answer, which was to be asked alone. */
    static ReadFailedException of(String address, IOException problem) {
        if (problem instanceof ReadFailedException told) {
            return told;
        }
        QueryOutcome.Failed failed = NoAnswer.of(address, problem);
        return of(failed.reason(), failed.detail());
    }

    /** The machine of {@code who} answered with an error. */
    static ReadFailedException refused(String who, Result error) {
        return new ReadFailedException("failed_" + error.code(), who + ": " + error.text(), null);
    }

    /** What was answered is no answer of a key-value machine. */
    static ReadFailedException anotherMachine(String detail, @Nullable Exception cause) {
        return new ReadFailedException("not_key_value", detail, cause);
    }

    /** The reason's word and, behind a colon, its detail. */
    public String reason() {
        return word + ": " + getMessage();
    }
}
