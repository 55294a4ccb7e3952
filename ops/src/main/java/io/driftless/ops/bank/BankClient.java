package io.driftless.ops.bank;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends commands to a cluster that runs the {@link BankMachine}: typed commands in, typed outcomes out. Against a
 * cluster that runs another machine it may throw {@link io.driftless.errors.MalformedException}. Thread safe.
 */
public final class BankClient implements AutoCloseable {

    private final RaftClient client;

    /** Over a client, which it closes with itself. */
    public BankClient(RaftClient client) {
        this.client = client;
    }

    /** Waits for the outcome, at most {@code timeout}. */
    public BankOutcome execute(BankCommand command, Duration timeout) {
        return outcome(client.execute(BankSerializer.encode(command), timeout));
    }

    /** Waits until the client has room for the command, and not for its outcome. */
    public CompletableFuture<BankOutcome> submit(BankCommand command, Duration timeout) {
        return client.submitWhenRoom(BankSerializer.encode(command), timeout).thenApply(BankClient::outcome);
    }

    private static BankOutcome outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Committed(long index, Result result) when result.isOk() ->
                    new BankOutcome.Done(index, BankSerializer.balance(result.value()));
            case Outcome.Committed(long index, Result result) ->
                    new BankOutcome.Refused(index, result.code(), result.text());
            case Outcome.Rejected(var reason, var detail, var retryAfter) ->
                    new BankOutcome.NotExecuted(reason, detail);
            case Outcome.Unknown(var why) -> new BankOutcome.Unknown(why);
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
