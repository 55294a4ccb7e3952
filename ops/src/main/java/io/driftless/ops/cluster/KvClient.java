package io.driftless.ops.cluster;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Sends key-value commands to a cluster, in a session: each is executed at most once. What only reads can be asked
 * without an entry in the log. Thread safe.
 */
public final class KvClient implements AutoCloseable {

    private final RaftClient client;

    private KvClient(RaftClient client) {
        this.client = client;
    }

    /** A client of the members at {@code addresses}, {@code host:port} separated by commas. No I/O here. */
    public static KvClient connect(String addresses, int inFlightMax) {
        return new KvClient(Wiring.client(addresses, inFlightMax));
    }

    /** A client over another one. */
    public static KvClient over(RaftClient client) {
        return new KvClient(client);
    }

    /** Waits for the outcome, at most {@code timeout}. */
    public KvExchange execute(KvCommand command, Duration timeout) {
        long startNs = System.nanoTime();
        return new KvExchange(command, client.execute(command.encode(), timeout), System.nanoTime() - startNs);
    }

    /** Executes it, or asks it as a linearizable query if it changes nothing. Waits like {@link #execute}. */
    public KvResult run(KvCommand command, Duration timeout) {
        return command.isReading() ? read(command, Consistency.LINEARIZABLE, timeout) : execute(command, timeout);
    }

    /** Asks a command that changes nothing as a query, and waits for the answer, at most {@code timeout}. */
    public KvReading read(KvCommand command, Consistency consistency, Duration timeout) {
        long startNs = System.nanoTime();
        return new KvReading(command, client.query(new KvQuery.Read(command).encode(), consistency, timeout),
                System.nanoTime() - startNs);
    }

    /**
     * Reads rows like {@link LocalScan#run}, but linearizably: the first page shows everything that was committed
     * before this call, and each later page at least what the one before it showed. {@code timeout} is that of each
     * page.
     *
     * @throws ReadFailedException if the cluster does not answer
     */
    public LocalScan.End scan(Bytes prefix, Bytes from, long limit, Consumer<KvAnswer.Row> each, Duration timeout)
            throws IOException {
        return new RowPages(prefix, from, limit, each).read("", (scan, seen) -> switch (client.query(scan.encode(),
                seen < 0 ? Consistency.LINEARIZABLE : Consistency.atLeast(seen), timeout)) {
            case QueryOutcome.Answered answered -> NodeProbe.Answered.of("the cluster", answered).rows();
            case QueryOutcome.Failed(var reason, var detail) ->
                    throw ReadFailedException.of(reason, detail);
        });
    }

    /**
     * Asks one member alone, and waits for its answer, at most {@code timeout}. That it cannot be reached is an outcome
     * too.
     */
    public static KvReading readFrom(String address, KvCommand command, Consistency consistency, Duration timeout) {
        long startNs = System.nanoTime();
        QueryOutcome outcome;
        try (MemberClient member = Wiring.member(address, timeout)) {
            Duration left = timeout.minusNanos(System.nanoTime() - startNs);
            if (!left.isPositive()) {
                throw new IOException(address + ": no answer within " + timeout.toMillis() + " ms");
            }
            outcome = member.query(new KvQuery.Read(command).encode(), consistency, left);
        } catch (IOException problem) {
            outcome = NoAnswer.of(address, problem);
        }
        return new KvReading(command, outcome, System.nanoTime() - startNs);
    }

    /** Queues only; never completes exceptionally. */
    public CompletableFuture<KvExchange> submit(KvCommand command, Duration timeout) {
        long startNs = System.nanoTime();
        return client.submit(command.encode(), timeout).thenApply(outcome ->
                new KvExchange(command, outcome, System.nanoTime() - startNs));
    }

    /** Like {@link #submit}, but waits until the client has room for it; that counts for timeout and nanos. */
    public CompletableFuture<KvExchange> submitWhenRoom(KvCommand command, Duration timeout) {
        long startNs = System.nanoTime();
        return client.submitWhenRoom(command.encode(), timeout).thenApply(outcome ->
                new KvExchange(command, outcome, System.nanoTime() - startNs));
    }

    @Override
    public void close() {
        client.close();
    }
}
