package io.driftless.client;

import io.driftless.machine.QueryOutcome;
import java.io.IOException;

/** A member that was asked has said why it gives no answer. */
public final class QueryFailedException extends IOException {

    private static final long serialVersionUID = 1;

    /** Why. */
    private final QueryOutcome.Reason reason;

    QueryFailedException(String address, QueryOutcome.Failed failed) {
        super(address + ": " + failed.detail());
        this.reason = failed.reason();
    }

    /** The reason that the member gave. */
    public QueryOutcome.Reason reason() {
        return reason;
    }
}
