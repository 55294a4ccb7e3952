package io.driftless.client;

import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Submits commands to a cluster, and asks it for what they led to. Thread safe: one client can be shared. It is an
 * interface so that users can fake it. Needs no JVM flag.
 */
public interface RaftClient extends AutoCloseable {

    /**
     * A client of the members that {@code config} names. This call does no I/O: connections are made when they are
     * needed.
     */
    static RaftClient connect(ClientConfig config) {
        return new ClusterClient(config);
    }

    /**
     * Executes a command and waits for its outcome, at most {@code timeout}. If that is zero or less, the command is
     * rejected as {@link Outcome.Reason#NO_TIME} before anything is sent. An interrupt gives {@link Outcome.Unknown},
     * or {@link Outcome.Rejected} if nothing was sent, and sets the thread's flag again. The caller gives the array
     * away.
     *
     * <p>In a session (see {@link ClientConfig#hasSessions()}) the command is sent to one leader after the other until
     * its outcome is known or the timeout passes, and executed once however often it is sent. With a timeout of some
     * seconds a leader that is killed costs time and no outcome. {@link Outcome.Unknown} then still means that the
     * command may have been executed, or may be executed yet: the timeout passed, the thread was interrupted, the
     * client was closed, the session expired, or the result was not kept. Whoever calls again has a new command
     * executed.
     * Without sessions a command is never sent again once its outcome is unknown.
     */
    Outcome execute(byte[] command, Duration timeout);

    /**
     * Like {@link #execute}, but only queues the command and does not wait. The future never completes exceptionally.
     * Cancelling it does not recall the command.
     */
    CompletableFuture<Outcome> submit(byte[] command, Duration timeout);

    /**
     * Like {@link #submit}, but first waits until the command fits within this client's limits (see
     * {@link ClientConfig#inFlightMax()}). This slows down a caller that submits more than the cluster takes. The wait
     * counts toward {@code timeout}: if that passes, the command is rejected as overloaded. An interrupt during the
     * wait rejects the command and leaves the thread's flag set. A client without such a limit does not wait.
     */
    default CompletableFuture<Outcome> submitWhenRoom(byte[] command, Duration timeout) {
        return submit(command, timeout);
    }

    /**
     * Queries the cluster's state machine, and waits for the answer, at most {@code timeout}. No log entry is written,
     * and no session is opened. The caller gives the array away.
     *
     * <p>What the answer has seen is what {@code consistency} asks for, and nothing else: a command that is under way
     * may be seen or not, whether it was submitted before or after. {@link Consistency#LINEARIZABLE} sees every command
     * whose outcome was known to anybody before this call.
     *
     * <p>The query goes to the leader, as far as it is known, otherwise to any member, or first of all to the one that
     * is {@link ClientConfig#readFrom() to be read from}. As a query changes nothing, it is asked again elsewhere
     * whenever a connection breaks, a member is silent, closes or knows no leader, until the timeout passes. What
     * asking elsewhere would not help is told at once: {@link QueryOutcome.Reason#OVERLOADED}, {@code TOO_LARGE} and
     * {@code MACHINE_FAILED}. Whoever is told that there is no room should wait a moment before asking again: this
     * client does not do it. At the end of the time the reason is {@link QueryOutcome.Reason#TIMEOUT} if a member was
     * asked and has not answered, or says that it could not in time; otherwise it says what was found instead of one.
     *
     * @return never null; failures of every kind are values. An interrupt gives
     *         {@link QueryOutcome.Reason#INTERRUPTED}, and sets the thread's flag again
     * @throws IllegalStateException from inside the state machine of a node whose client this is: it would wait for
     *         itself
     * @throws NullPointerException if an argument is null; then nothing is asked
     * @throws UnsupportedOperationException if this kind of client has no queries
     */
    default QueryOutcome query(byte[] query, Consistency consistency, Duration timeout) {
        throw new UnsupportedOperationException(getClass().getName() + " has no queries");
    }

    /**
     * Connects to one member of the cluster, to ask about it or to query its state machine from its own state (see
     * {@link MemberClient}). Waits for the connection. The caller must close the connection, which outlives this
     * client.
     *
     * @param address {@code host:port}
     * @throws IOException if the member cannot be reached in time, is not a Driftless node, or belongs to another
     *         cluster than the one this client insists on; the message says in one line which
     * @throws IllegalArgumentException if {@code timeout} is zero or less
     * @throws UnsupportedOperationException if this kind of client has no way to a single member
     */
    default MemberClient member(String address, Duration timeout) throws IOException {
        throw new UnsupportedOperationException(getClass().getName() + " has no way to a single member");
    }

    /**
     * Closes the client. Pending commands become {@link Outcome.Unknown}, or {@link Outcome.Rejected} if they were
     * certainly not executed; queries that wait fail. The session, if there is one, is closed too. A cluster that does
     * not answer at once is not waited for, and forgets the session by its timeout. Idempotent.
     */
    @Override
    void close();
}
