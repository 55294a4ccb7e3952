package io.driftless.client;

import io.driftless.client.Outcome.Reason;
import io.driftless.client.Outcome.Why;
import io.driftless.log.Bytes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The client over sockets. It keeps every call that is under way, ends it at its deadline, and leaves finding the
 * leader to {@link Router}, what is outstanding on a connection to {@link Link}, and the one decision of what became of
 * a call to {@link Call}. A command goes out a second time only if the first time it was certainly not executed: the
 * server refused it, or nothing of it was sent. Thread safe.
 */
final class ClusterClient implements RaftClient, Watch.Calls {

    /** So that no sum with the clock overflows. */
    private static final Duration TIMEOUT_MAX = Duration.ofDays(30);
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    /** Well below what a connection queues before it breaks, and every command on it with it. */
    private static final long IN_FLIGHT_BYTES_MAX = 32L << 20;

    private final Router router;
    private final Watch watch;
    private final int inFlightMax;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong inFlightBytes = new AtomicLong();
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    ClusterClient(ClientConfig config) {
        this.router = new Router(config);
        this.watch = new Watch(this);
        this.inFlightMax = config.inFlightMax();
    }

    @Override
    public Outcome execute(byte[] command, Duration timeout) {
        if (Thread.currentThread().isInterrupted()) {
            return interruptedBeforeSending();
        }
        Call call = new Call(Bytes.wrap(command), deadlineNs(timeout), Thread.currentThread(), this::ended);
        Outcome refused = begin(call);
        if (refused != null) {
            return refused;
        }
        // Never on this thread: an interrupt in the middle of a write would end the connection for all who share it.
        router.enqueue(call);
        return await(call);
    }

    @Override
    public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
        Call call = new Call(Bytes.wrap(command), deadlineNs(timeout), null, this::ended);
        Outcome refused = begin(call);
        if (refused != null) {
            return CompletableFuture.completedFuture(refused);
        }
        router.enqueue(call);
        return call.future();
    }

    private Outcome await(Call call) {
        boolean isInterrupted = false;
        Call.Stage stage = call.stage();
        while (!(stage instanceof Call.Done)) {
            long leftNs = call.deadlineNs() - System.nanoTime();
            if (leftNs <= 0) {
                overdue(call);
            } else {
                LockSupport.parkNanos(this, leftNs);
                if (Thread.interrupted()) {
                    isInterrupted = true;
                    call.giveUp(ClusterClient::interruptedBeforeSending, Why.INTERRUPTED);
                }
            }
            stage = call.stage();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return ((Call.Done) stage).outcome();
    }

    /** Takes the call in; or the outcome that it has at once. */
    private @Nullable Outcome begin(Call call) {
        int bytes = call.command().length();
        long others = inFlightBytes.getAndAdd(bytes);
        boolean tooMany = inFlight.incrementAndGet() > inFlightMax;
        if (tooMany || others > 0 && others + bytes > IN_FLIGHT_BYTES_MAX) {
            release(bytes);
            return new Outcome.Rejected(Reason.OVERLOADED, "this client has " + (tooMany ? inFlightMax + " commands"
                    : others + " bytes of commands") + " in flight", Duration.ZERO);
        }
        calls.add(call);
        if (isClosed) {
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
        release(call.command().length());
    }

    private void release(int bytes) {
        inFlightBytes.addAndGet(-bytes);
        inFlight.decrementAndGet();
    }

    private void overdue(Call call) {
        Call.Attempt outstanding = call.giveUp(router::rejection, Why.TIMEOUT);
        if (outstanding != null && !outstanding.link().heardSince(outstanding.startedNs())) {
            router.suspect(outstanding.link());
        }
    }

    @Override
    public boolean isQuiet() {
        return calls.isEmpty();
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
        isClosed = true;
        for (Call call : calls) {
            call.giveUp(ClusterClient::closedBeforeSending, Why.CLOSED);
        }
        router.close();
        watch.close();
    }

    private static Outcome interruptedBeforeSending() {
        return new Outcome.Rejected(Reason.INTERRUPTED, "the calling thread was interrupted before anything was sent",
                Duration.ZERO);
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
