package io.driftless.client;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Why;
import io.driftless.machine.QueryOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The client over sockets. It keeps every call that is under way, ends it at its deadline, and leaves finding the
 * leader to {@link Router}, what is outstanding on a connection to {@link Link}, and the one decision of what became of
 * a call to {@link Call}. In a session a command goes out until its outcome is known or its deadline passes. Without,
 * it goes out a second time only if the first time it was certainly not executed: the server refused it, or nothing of
 * it was sent. Thread safe.
 */
final class ClusterClient implements RaftClient, Watch.Calls {

    /** So that no sum with the clock overflows. */
    private static final Duration TIMEOUT_MAX = Duration.ofDays(30);
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    /** When commands in flight may have become fewer. */
    private static final Duration RETRY_AFTER = Duration.ofMillis(10);
    /** Well below what a connection queues before it breaks, and every command on it with it. */
    private static final long IN_FLIGHT_BYTES_MAX = 32L << 20;

    private final ClientConfig config;
    private final Router router;
    private final Watch watch;
    private final Room room;
    private final Queries queries;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ClusterClient(ClientConfig config) {
        this.config = config;
        this.router = new Router(config);
        this.watch = new Watch(this);
        this.room = new Room(config.inFlightMax(), IN_FLIGHT_BYTES_MAX, "command", "commands");
        this.queries = new Queries(router, watch, config.inFlightMax());
    }

    @Override
    public Outcome execute(byte[] command, Duration timeout) {
        if (Thread.currentThread().isInterrupted()) {
            return interruptedBeforeSending();
        }
        if (isNoTime(timeout)) {
            return noTime(timeout);
        }
        Call call = new Call(Bytes.wrap(command), deadlineNs(timeout), Thread.currentThread(), this::ended);
        Outcome refused = takeIn(call);
        if (refused != null) {
            return refused;
        }
        // Never on this thread: an interrupt in the middle of a write would end the connection for all who share it.
        router.enqueue(call);
        return await(call);
    }

    @Override
    public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
        if (isNoTime(timeout)) {
            return CompletableFuture.completedFuture(noTime(timeout));
        }
        Call call = new Call(Bytes.wrap(command), deadlineNs(timeout), null, this::ended);
        Outcome refused = takeIn(call);
        if (refused != null) {
            return CompletableFuture.completedFuture(refused);
        }
        router.enqueue(call);
        return call.future();
    }

    @Override
    public QueryOutcome query(byte[] query, Consistency consistency, Duration timeout) {
        // Met by the sender only, a null would end the connection for all who share it.
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(consistency, "consistency");
        if (Thread.currentThread().isInterrupted()) {
            return Queries.interrupted();
        }
        if (isNoTime(timeout)) {
            return new QueryOutcome.Failed(QueryOutcome.Reason.NO_TIME, "the timeout is " + timeout
                    + ": nothing was sent");
        }
        return queries.ask(Bytes.wrap(query), consistency, deadlineNs(timeout));
    }

    @Override
    public MemberClient member(String address, Duration timeout) throws IOException {
        return MemberClient.connect(config.transport(), config.clusterId(), address, timeout);
    }

    private Outcome await(Call call) {
        return Parking.await(this, call::told, call.deadlineNs(), () -> overdue(call),
                () -> call.giveUp(ClusterClient::interruptedBeforeSending, Why.INTERRUPTED));
    }

    @Override
    public CompletableFuture<Outcome> submitWhenRoom(byte[] command, Duration timeout) {
        if (isNoTime(timeout)) {
            return CompletableFuture.completedFuture(noTime(timeout));
        }
        Call call = new Call(Bytes.wrap(command), deadlineNs(timeout), null, this::ended);
        String full;
        try {
            full = room.awaitAndTake(command.length, call.deadlineNs());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return CompletableFuture.completedFuture(interruptedBeforeSending());
        }
        Outcome refused = full.isEmpty() ? begin(call) : closed ? closedBeforeSending() : overloaded(full);
        if (refused != null) {
            return CompletableFuture.completedFuture(refused);
        }
        router.enqueue(call);
        return call.future();
    }

    /** Takes the call in, if there is room; or the outcome that it has at once. */
    private @Nullable Outcome takeIn(Call call) {
        String full = room.take(call.command().length());
        return full.isEmpty() ? begin(call) : overloaded(full);
    }

    /** The call has its room: it is under way from now on, or has the outcome that it has at once. */
    private @Nullable Outcome begin(Call call) {
        calls.add(call);
        if (closed) {
            // Whoever closed may have walked the calls before this one was there.
            Outcome closed = closedBeforeSending();
            call.finish(Call.Waiting.WAITING, closed);
            return closed;
        }
        watch.watch(call.deadlineNs());
        return null;
    }

    private void ended(Call call) {
        calls.remove(call);
        room.release(call.command().length());
        router.ended();
    }

    private void overdue(Call call) {
        call.giveUp(() -> router.rejection(call), Why.TIMEOUT, outstanding -> {
            if (!outstanding.link().heardSince(outstanding.startedNs())) {
                router.suspect(outstanding.link());
            }
        });
    }

    @Override
    public boolean isQuiet() {
        return calls.isEmpty() && queries.isEmpty();
    }

    @Override
    public long endOverdue(long nowNs) {
        long next = Long.MAX_VALUE;
        for (Call call : calls) {
            long left = call.deadlineNs() - nowNs;
            if (left <= 0) {
                overdue(call);
            } else {
                next = Math.min(next, left);
            }
        }
        router.tend(nowNs);
        return next;
    }

    @Override
    public void close() {
        closed = true;
        room.close();
        for (Call call : calls) {
            call.giveUp(ClusterClient::closedBeforeSending, Why.CLOSED);
        }
        queries.close();
        router.close();
        watch.close();
    }

    private static Outcome interruptedBeforeSending() {
        return new Outcome.Rejected(Reason.INTERRUPTED, "the calling thread was interrupted before anything was sent",
                Duration.ZERO);
    }

    private static Outcome overloaded(String full) {
        return new Outcome.Rejected(Reason.OVERLOADED, "this client has " + full, RETRY_AFTER);
    }

    private static boolean isNoTime(Duration timeout) {
        return timeout.isNegative() || timeout.isZero();
    }

    private static Outcome noTime(Duration timeout) {
        return new Outcome.Rejected(Reason.NO_TIME, "the timeout is " + timeout + ": nothing was sent", Duration.ZERO);
    }

    private static Outcome closedBeforeSending() {
        return new Outcome.Rejected(Reason.CLOSED, "the client is closed", Duration.ZERO);
    }

    private static long deadlineNs(Duration timeout) {
        Duration atLeast = timeout.compareTo(TIMEOUT_MIN) < 0 ? TIMEOUT_MIN : timeout;
        Duration bounded = atLeast.compareTo(TIMEOUT_MAX) > 0 ? TIMEOUT_MAX : atLeast;
        return System.nanoTime() + bounded.toNanos();
    }
}
