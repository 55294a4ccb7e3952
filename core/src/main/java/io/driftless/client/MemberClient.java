package io.driftless.client;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Asks one given member for its status, or queries its state machine. It uses one connection, which
 * is not made again when it breaks. Thread safe. {@link RaftClient#member} makes one; {@link #connect} makes one
 * without a client.
 */
public final class MemberClient implements AutoCloseable {

    /** So that no sum with the clock overflows. */
    private static final Duration TIMEOUT_MAX = Duration.ofDays(30);

    private final String address;
    private final ConcurrentHashMap<Long, CompletableFuture<ClientReply>> outstanding = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final ClientChannel channel;
    /** Why the connection is gone; null while it stands. */
    private volatile @Nullable String gone;

    private MemberClient(ClientTransport transport, String clusterId, String address, Duration timeout)
            throws IOException {
        this.address = ClientConfig.addressOf(address);
        this.channel = transport.connect(clusterId, this.address, requirePositive(timeout), new Answers());
    }

    private final class Answers implements ClientTransport.Listener {
        @Override
        public void replied(List<ClientReply> replies) {
            replies.forEach(MemberClient.this::replied);
        }

        @Override
        public void closed(String why) {
            lost(why);
        }
    }

    /**
     * Connects to the node at {@code address}, which is {@code host:port} or {@code id=host:port}. The node may belong
     * to any cluster.
     *
     * @throws IOException if it cannot be reached in time, or is not a Driftless node; the message says in one line
     *         which
     * @throws IllegalArgumentException if {@code timeout} is zero or less
     */
    public static MemberClient connect(ClientTransport transport, String address, Duration timeout) throws IOException {
        return connect(transport, "", address, timeout);
    }

    /** The same, but only to a member of this cluster; empty takes any. */
    static MemberClient connect(ClientTransport transport, String clusterId, String address, Duration timeout)
            throws IOException {
        return new MemberClient(transport, clusterId, address, timeout);
    }

    /**
     * The node's status: one JSON object, as {@code driftless status --json} prints it.
     *
     * @throws IOException if no answer comes in time, or the node says that it gives none;
     *         {@link InterruptedIOException}, with the thread's flag set again, if interrupted
     * @throws IllegalArgumentException if {@code timeout} is zero or less; then nothing is asked
     */
    public String statusJson(Duration timeout) throws IOException {
        ClientReply reply = ask(new ClientRequest.Status(ids.incrementAndGet()), timeout);
        return switch (reply) {
            case ClientReply.StatusAnswered answer -> answer.json();
            case ClientReply.CommandAnswered instead -> throw notAnswered(instead);
            case ClientReply.SnapshotAnswered snapshot -> throw unexpected(snapshot);
            case ClientReply.TransferAnswered transfer -> throw unexpected(transfer);
            case ClientReply.QueryAnswered query -> throw unexpected(query);
            case ClientReply.SessionNamed named -> throw unexpected(named);
            case ClientReply.OutOfOrder refused -> throw unexpected(refused);
            case ClientReply.Goodbye goodbye -> throw unexpected(goodbye);
        };
    }

    /**
     * Queries the node's state machine. With {@link Consistency#LINEARIZABLE} a follower asks its leader first. The
     * caller gives the array away.
     *
     * @throws QueryFailedException if the node says that it gives no answer, and why
     * @throws IOException if no answer comes in time;
     *         {@link InterruptedIOException}, with the thread's flag set again, if interrupted
     * @throws IllegalArgumentException if {@code timeout} is zero or less; then nothing is asked
     * @throws NullPointerException if an argument is null; then nothing is asked
     */
    public QueryOutcome.Answered query(byte[] query, Consistency consistency, Duration timeout) throws IOException {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(consistency, "consistency");
        // A tenth is left for the answer: why the node cannot answer in time is worth more than none.
        long timeLeftMs = Math.max(1, requirePositive(timeout).toMillis() * 9 / 10);
        ClientReply reply = ask(new ClientRequest.Query(ids.incrementAndGet(), timeLeftMs, consistency,
                Bytes.wrap(query)), timeout);
        return switch (reply) {
            case ClientReply.QueryAnswered answer -> switch (answer.outcome()) {
                case QueryOutcome.Answered answered -> answered;
                case QueryOutcome.Failed failed -> throw new QueryFailedException(address, failed);
            };
            case ClientReply.CommandAnswered instead -> throw notAnswered(instead);
            case ClientReply.StatusAnswered status -> throw unexpected(status);
            case ClientReply.SnapshotAnswered snapshot -> throw unexpected(snapshot);
            case ClientReply.TransferAnswered transfer -> throw unexpected(transfer);
            case ClientReply.SessionNamed named -> throw unexpected(named);
            case ClientReply.OutOfOrder refused -> throw unexpected(refused);
            case ClientReply.Goodbye goodbye -> throw unexpected(goodbye);
        };
    }

    /**
     * Asks the node to take a snapshot now, and waits until that is durable. Also after an exception the node may take
     * it.
     *
     * @throws IOException if no answer comes in time, or the node speaks an earlier version of the protocol;
     *         {@link InterruptedIOException}, with the thread's flag set again, if interrupted
     * @throws IllegalArgumentException if {@code timeout} is zero or less; then nothing is asked
     */
    public SnapshotOutcome takeSnapshot(Duration timeout) throws IOException {
        ClientReply reply = ask(new ClientRequest.TakeSnapshot(ids.incrementAndGet(),
                requirePositive(timeout).toMillis()), timeout);
        return switch (reply) {
            case ClientReply.SnapshotAnswered answer -> answer.outcome();
            case ClientReply.TransferAnswered transfer -> throw unexpected(transfer);
            case ClientReply.CommandAnswered instead -> throw notAnswered(instead);
            case ClientReply.StatusAnswered status -> throw unexpected(status);
            case ClientReply.QueryAnswered query -> throw unexpected(query);
            case ClientReply.SessionNamed named -> throw unexpected(named);
            case ClientReply.OutOfOrder refused -> throw unexpected(refused);
            case ClientReply.Goodbye goodbye -> throw unexpected(goodbye);
        };
    }

    /**
     * Asks the node to hand its leadership over, and waits until it does not lead any more. Also after an exception it
     * may do so.
     *
     * @param to the name of the member that is to lead; empty: the voter that has most of the log
     * @throws IOException if no answer comes in time; {@link InterruptedIOException}, with the thread's flag set again,
     *         if interrupted
     * @throws IllegalArgumentException if {@code timeout} is zero or less, or {@code to} is no name; then nothing is
     *         asked
     */
    public TransferOutcome transferLeadership(String to, Duration timeout) throws IOException {
        // A tenth is left for the answer: what it says of a target that is too slow is worth more than none.
        ClientReply reply = ask(new ClientRequest.TransferLeadership(ids.incrementAndGet(),
                requirePositive(timeout).toMillis() * 9 / 10, new ServerId(to)), timeout);
        return switch (reply) {
            case ClientReply.TransferAnswered answer -> answer.outcome();
            case ClientReply.CommandAnswered instead -> throw notAnswered(instead);
            case ClientReply.StatusAnswered status -> throw unexpected(status);
            case ClientReply.SnapshotAnswered snapshot -> throw unexpected(snapshot);
            case ClientReply.QueryAnswered query -> throw unexpected(query);
            case ClientReply.SessionNamed named -> throw unexpected(named);
            case ClientReply.OutOfOrder refused -> throw unexpected(refused);
            case ClientReply.Goodbye goodbye -> throw unexpected(goodbye);
        };
    }

    private static Duration requirePositive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeout is " + timeout + ": it must be more than nothing");
        }
        return timeout.compareTo(TIMEOUT_MAX) > 0 ? TIMEOUT_MAX : timeout;
    }

    private ClientReply ask(ClientRequest request, Duration timeout) throws IOException {
        requirePositive(timeout);
        CompletableFuture<ClientReply> waiter = new CompletableFuture<>();
        outstanding.put(request.id(), waiter);
        try {
            // The connection may have gone before this request stood where its end looks.
            String why = gone;
            if (why != null) {
                throw new IOException(address + ": " + why);
            }
            // Never on this thread, whose interrupt would end the connection for all who share it.
            Thread.ofVirtual().name("driftless-member-sender").start(() -> send(request));
            return waiter.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new IOException(address + ": no answer within " + timeout.toMillis() + " ms", late);
        } catch (ExecutionException broken) {
            throw new IOException(String.valueOf(broken.getCause().getMessage()), broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(address + ": interrupted");
        } finally {
            outstanding.remove(request.id());
        }
    }

    private void send(ClientRequest request) {
        if (!channel.send(request)) {
            lost("connection lost");
        }
    }

    private void replied(ClientReply reply) {
        if (reply instanceof ClientReply.Goodbye) {
            // Answers to what it has read may still come.
            gone = "the node is closing";
            outstanding.forEach((id, waiter) -> {
                if (id > reply.id()) {
                    waiter.completeExceptionally(new IOException(address + ": the node is closing"));
                }
            });
            return;
        }
        CompletableFuture<ClientReply> waiter = outstanding.remove(reply.id());
        if (waiter != null) {
            waiter.complete(reply);
        }
    }

    private void lost(String why) {
        if (gone == null) {
            gone = why;
        }
        IOException broken = new IOException(address + ": " + why);
        outstanding.values().forEach(waiter -> waiter.completeExceptionally(broken));
    }

    /** A node that has no room for a question says so as of a command. */
    private IOException notAnswered(ClientReply.CommandAnswered instead) {
        return instead.outcome() instanceof Outcome.Rejected rejected
                ? new IOException(address + ": " + rejected.detail()) : unexpected(instead);
    }

    private IOException unexpected(ClientReply reply) {
        return new IOException(address + ": answered with something else: " + reply.getClass().getSimpleName());
    }

    /** Breaks the connection. Whoever waits for an answer gets an {@link IOException}. Idempotent. */
    @Override
    public void close() {
        // First, so that this is what it ended with, whatever the transport calls it.
        lost("closed");
        channel.close();
    }
}
