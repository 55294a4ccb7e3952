package io.driftless.client;

import io.driftless.client.Call.Attempt;
import io.driftless.concurrent.Turn;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one address: what is outstanding on it, and what its end means for each attempt. Opened once,
 * closed once. Thread safe.
 */
final class Link implements ClientTransport.Listener {

    private static final int HELD_MAX = 64;

    private final String address;
    private final Router router;
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentHashMap<Long, Attempt> outstanding = new ConcurrentHashMap<>();
    /** Calls to be sent by the sender: a thread that nobody can interrupt, one at a time, so that ids rise as sent. */
    private final ConcurrentLinkedQueue<Call> queue = new ConcurrentLinkedQueue<>();
    private final Turn turn = new Turn();
    private volatile boolean signDue;
    private volatile @Nullable ClientChannel channel;
    private volatile boolean closed;
    /** What the node said goodbye with: it takes no attempt above it. */
    private volatile long lastTaken = Long.MAX_VALUE;
    /** What is to be thought of an attempt that was taken and gets no answer. */
    private volatile Why lostBecause = Why.DISCONNECTED;
    private volatile long heardNs;
    /** When a sign of life was asked for that has not come yet; 0 if none is. */
    private volatile long askedNs;

    Link(String address, Router router) {
        this.address = address;
        this.router = router;
    }

    String address() {
        return address;
    }

    /** The connection stands. */
    void opened(ClientChannel connected) {
        heardNs = System.nanoTime();
        channel = connected;
    }

    boolean isOpen() {
        return channel != null && !closed && !isLeaving();
    }

    /** Whether the node is closing: it only answers what it has read. */
    private boolean isLeaving() {
        return lastTaken != Long.MAX_VALUE;
    }

    /** Nothing is outstanding and nothing queued. */
    boolean isIdle() {
        return outstanding.isEmpty() && queue.isEmpty();
    }

    /** Whether anything came back since then. */
    boolean heardSince(long sinceNs) {
        return heardNs - sinceNs >= 0;
    }

    /** Queues a call; a thread of the library sends it. Never blocks. */
    void enqueue(Call call) {
        queue.add(call);
        if (turn.announce()) {
            handOver();
        }
    }

    private void handOver() {
        try {
            Thread.ofVirtual().name("driftless-client-sender").start(this::work);
        } catch (Throwable notToBeHad) {
            senderFailed(notToBeHad);
        }
    }

    private void work() {
        try {
            int announced;
            do {
                announced = turn.announced();
                sendQueued();
            } while (turn.done(announced));
        } catch (Throwable broken) {
            senderFailed(broken);
        }
    }

    /** Sends all that is queued, and what others took back meanwhile not. */
    private void sendQueued() {
        boolean isMore = true;
        while (isMore) {
            // A queue that never gets empty is written all the same.
            int held = 0;
            for (Call call = queue.poll(); call != null; call = ++held < HELD_MAX ? queue.poll() : null) {
                attempt(call);
            }
            isMore = held == HELD_MAX;
            ClientChannel connected = channel;
            if (connected != null && signDue) {
                signDue = false;
                connected.hold(new ClientRequest.Status(ids.incrementAndGet()));
            }
            if (connected != null) {
                connected.flush();
            }
        }
    }

    /** Nobody would send here any more: the connection ends, and what was given to it is in doubt. */
    private void senderFailed(Throwable why) {
        int announced = turn.announced();
        try {
            close();
        } finally {
            // Whatever was being sent, its sender does not come back to it.
            outstanding.values().forEach(Attempt::taken);
            signDue = false;
            closed("sending failed: " + why);
            if (turn.done(announced)) {
                handOver();
            }
        }
    }

    /** Takes back what was queued and not sent yet. */
    List<Call> takeQueued() {
        List<Call> calls = new ArrayList<>();
        for (Call call = queue.poll(); call != null; call = queue.poll()) {
            calls.add(call);
        }
        return calls;
    }

    /** Sends a call, or gives it back to the router. */
    private void attempt(Call call) {
        ClientChannel connected = channel;
        long now = System.nanoTime();
        Attempt attempt = new Attempt(call, this, ids.incrementAndGet(), now);
        if (connected == null) {
            router.unsent(this, call);
            return;
        }
        // Overdue: whoever keeps its deadline ends it, as one that was not sent.
        if (call.deadlineNs() - now <= 0 || !call.begin(attempt)) {
            return;
        }
        outstanding.put(attempt.id(), attempt);
        if (isLeaving()) {
            if (takeBack(attempt)) {
                router.requeue(List.of(call));
            }
            return;
        }
        boolean isSent = true;
        try {
            long timeLeftMs = Math.max(1, (call.deadlineNs() - now) / 1_000_000);
            ClientRequest request = new ClientRequest.Execute(attempt.id(), timeLeftMs, call.command());
            isSent = !closed && connected.hold(request);
        } catch (RuntimeException broken) {
            // Against its contract; perhaps it was sent. The connection is of no use any more.
            connected.close();
            closed(String.valueOf(broken));
        }
        if (!isSent) {
            outstanding.remove(attempt.id());
            if (call.giveBack(attempt)) {
                router.unsent(this, call);
            }
            return;
        }
        attempt.taken();
        // Whoever closed the link left this attempt alone if it saw it being sent; one of the two sees the other's
        // mark.
        if (closed) {
            lose(attempt);
        }
        // The same for a goodbye: the node drops what is above, whether it arrives or not.
        if (attempt.id() > lastTaken && takeBack(attempt)) {
            router.requeue(List.of(call));
        }
    }

    /** Ends an attempt that the node never takes; whether the call waits now. */
    private boolean takeBack(Attempt attempt) {
        return outstanding.remove(attempt.id(), attempt) && attempt.call().giveBack(attempt);
    }

    /** An attempt whose call has ended: a reply to it means nothing any more. */
    void forget(Attempt attempt) {
        outstanding.remove(attempt.id());
    }

    @Override
    public void replied(List<ClientReply> replies) {
        heardNs = System.nanoTime();
        askedNs = 0;
        List<Call> notExecuted = new ArrayList<>(0);
        String leaderAddress = "";
        String whyNot = "";
        boolean isLeading = true;
        boolean isAnswer = false;
        for (ClientReply reply : replies) {
            switch (reply) {
                case ClientReply.CommandAnswered answered -> {
                    Attempt attempt = outstanding.remove(answered.id());
                    if (attempt == null) {
                        // Of a call that has ended, or a refused sign of life, which any node may refuse.
                        continue;
                    }
                    isAnswer = true;
                    boolean isElsewhere = isElsewhere(answered.outcome());
                    isLeading = !isElsewhere;
                    leaderAddress = answered.leaderAddress();
                    whyNot = answered.outcome() instanceof Outcome.Rejected rejected
                            && rejected.reason() == Outcome.Reason.NOT_LEADER ? rejected.detail() : "";
                    if (!isElsewhere) {
                        attempt.call().finish(attempt, answered.outcome());
                    } else if (attempt.call().giveBack(attempt)) {
                        notExecuted.add(attempt.call());
                    }
                }
                case ClientReply.QueryAnswered query -> { }
                case ClientReply.StatusAnswered status -> { }
                case ClientReply.Goodbye goodbye -> {
                    notExecuted.addAll(takeBackAbove(goodbye));
                    router.leaving(this);
                    if (goodbye.why() == Why.NOT_READ) {
                        close();
                    }
                }
            }
        }
        // The last reply counts: before it the server may have been something else.
        if (isAnswer && isLeading) {
            router.leading(this);
        } else if (isAnswer) {
            router.notLeading(this, leaderAddress, whyNot);
        }
        if (!notExecuted.isEmpty()) {
            router.requeue(notExecuted);
        }
    }

    /** The calls of attempts above a goodbye, in the order in which they were sent. */
    private List<Call> takeBackAbove(ClientReply.Goodbye goodbye) {
        lostBecause = goodbye.why();
        lastTaken = goodbye.id();
        return outstanding.values().stream().filter(attempt -> attempt.id() > goodbye.id())
                .sorted(Comparator.comparingLong(Attempt::id)).filter(this::takeBack).map(Attempt::call).toList();
    }

    /** Whether the command was certainly not executed and another server may take it. */
    private static boolean isElsewhere(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Committed committed -> false;
            case Outcome.Unknown unknown -> false;
            case Outcome.Rejected rejected -> switch (rejected.reason()) {
                case NOT_LEADER, NO_LEADER, UNREACHABLE, CLOSED, INTERRUPTED -> true;
                case OVERLOADED, TOO_LARGE, NOT_DRIFTLESS, NO_TIME, OTHER_CLUSTER -> false;
            };
        };
    }

    @Override
    public void closed(String why) {
        closed = true;
        for (Attempt attempt : outstanding.values()) {
            if (!attempt.isSending()) {
                lose(attempt);
            }
        }
        router.lost(this, why);
    }

    private void lose(Attempt attempt) {
        if (outstanding.remove(attempt.id()) != null) {
            attempt.call().finish(attempt, new Outcome.Unknown(lostBecause));
        }
    }

    /** Breaks the connection; what is outstanding is lost with it. */
    void close() {
        closed = true;
        ClientChannel connected = channel;
        if (connected != null) {
            connected.close();
        }
    }

    /**
     * Looks after a connection on which something is outstanding: asks for a sign of life after some silence, and says
     * when none came.
     *
     * @return false if the other side has been silent for two {@code patienceNs} although it was asked
     */
    boolean isAlive(long nowNs, long patienceNs) {
        if (outstanding.isEmpty() || nowNs - heardNs < patienceNs || channel == null) {
            return true;
        }
        if (askedNs != 0) {
            return nowNs - askedNs < patienceNs;
        }
        boolean isWaitedFor = outstanding.values().stream()
                .anyMatch(attempt -> nowNs - attempt.startedNs() >= patienceNs);
        if (isWaitedFor) {
            askedNs = nowNs;
            // If the sender is stuck, no sign comes either.
            signDue = true;
            if (turn.announce()) {
                handOver();
            }
        }
        return true;
    }
}
