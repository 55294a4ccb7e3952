package io.driftless.node.driver;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A client of a node in the same process. A blocking call from inside the state machine would wait for itself: it is
 * refused. Thread safe.
 */
final class LocalClient implements RaftClient {

    private static final Outcome ENDED = new Outcome.Rejected(Outcome.Reason.CLOSED,
            "the node that this client enters by has ended", Duration.ZERO);

    private static final QueryOutcome NO_ANSWER = new QueryOutcome.Failed(QueryOutcome.Reason.CLOSED,
            "the node that this client enters by has ended");

    private final RaftClient client;
    private final BooleanSupplier insideTheMachine;
    private final BooleanSupplier nodeHasEnded;
    private final Consumer<LocalClient> closed;

    /** {@code nodeHasEnded}: then nothing is sent any more, wherever it could go; {@code closed} hears of its close. */
    LocalClient(RaftClient client, BooleanSupplier insideTheMachine, BooleanSupplier nodeHasEnded,
            Consumer<LocalClient> closed) {
        this.client = client;
        this.insideTheMachine = insideTheMachine;
        this.nodeHasEnded = nodeHasEnded;
        this.closed = closed;
    }

    @Override
    public Outcome execute(byte[] command, Duration timeout) {
        requireOutsideTheMachine();
        return nodeHasEnded.getAsBoolean() ? ENDED : client.execute(command, timeout);
    }

    @Override
    public CompletableFuture<Outcome> submitWhenRoom(byte[] command, Duration timeout) {
        requireOutsideTheMachine();
        return nodeHasEnded.getAsBoolean() ? CompletableFuture.completedFuture(ENDED)
                : client.submitWhenRoom(command, timeout);
    }

    @Override
    public QueryOutcome query(byte[] query, Consistency consistency, Duration timeout) {
        requireOutsideTheMachine();
        return nodeHasEnded.getAsBoolean() ? NO_ANSWER : client.query(query, consistency, timeout);
    }

    private void requireOutsideTheMachine() {
        if (insideTheMachine.getAsBoolean()) {
            throw new IllegalStateException("a state machine must not wait for the cluster that applies it");
        }
    }

    @Override
    public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
        return nodeHasEnded.getAsBoolean() ? CompletableFuture.completedFuture(ENDED)
                : client.submit(command, timeout);
    }

    @Override
    public MemberClient member(String address, Duration timeout) throws IOException {
        requireOutsideTheMachine();
        return client.member(address, timeout);
    }

    @Override
    public void close() {
        closed.accept(this);
        client.close();
    }
}
