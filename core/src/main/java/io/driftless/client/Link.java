package io.driftless.client;

import io.driftless.client.Call.Attempt;
import io.driftless.concurrent.Turn;
import io.driftless.machine.Outcome.Why;
import io.driftless.machine.Outcome;
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

    /** What the library itself asks of a node. */
    interface Question {

        /** The request, with that number; null if it is not wanted any more. */
        @Nullable ClientRequest request(long id);

        /** The answer. Must not block. */
        void answered(Link link, ClientReply reply);

        /** No answer is waited for any more: the connection has ended, or the node is silent or closing. */
        default void lost(Link link) { }
    }

    /** A question and when it was sent. */
    private record Asked(Question question, long sentNs) { }

    private final String address;
    private final Router router;
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentHashMap<Long, Attempt> outstanding = new ConcurrentHashMap<>();
    /** Calls to be sent by the sender: a thread that nobody can interrupt, one at a time, so that ids rise as sent. */
    private final ConcurrentLinkedQueue<Call> queue = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Question> questions = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<Long, Asked> asked = new ConcurrentHashMap<>();
    private final Turn turn = new Turn();
    private volatile boolean signDue;
    private volatile @Nullable ClientChannel channel;
    private volatile boolean closed;
    /** Nothing new is asked here: see {@link Router#suspect}. */
    private volatile boolean isRetired;
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
        return channel != null && !closed && !isRetired && !isLeaving();
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
        wake();
    }

    /** Whether a sign of life was asked for so long ago, and nothing at all has come back since. */
    boolean isSilent(long nowNs, long forNs) {
        long since = askedNs;
        return since != 0 && nowNs - since >= forNs;
    }

    /** Asks for a sign of life, unless one is being waited for. Never blocks. */
    void askForSign(long nowNs) {
        if (askedNs == 0) {
            askedNs = nowNs;
            // If the sender is stuck, no sign comes either.
            signDue = true;
            wake();
        }
    }

    /** Queues a question, like a call. */
    void ask(Question question) {
        questions.add(question);
        wake();
    }

    /** Whether a question of this kind was asked since then and is not answered. */
    boolean isAsked(Class<? extends Question> kind, long sinceNs) {
        return questions.stream().anyMatch(kind::isInstance) || asked.values().stream()
                .anyMatch(one -> kind.isInstance(one.question) && one.sentNs - sinceNs >= 0);
    }

    /** There may be something to send. Never blocks. */
    void wake() {
        if (turn.announce()) {
            handOver();
        }
    }

    /** The number of the last request. */
    long lastId() {
        return ids.get();
    }

    /** Takes the call that was queued first. */
    @Nullable Call poll() {
        return queue.poll();
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
            Lane lane = router.lane();
            for (Call call = lane.next(this); call != null; call = ++held < HELD_MAX ? lane.next(this) : null) {
                attempt(call);
            }
            isMore = held == HELD_MAX;
            ClientChannel connected = channel;
            for (Question question = questions.poll(); question != null; question = questions.poll()) {
                put(connected, question);
            }
            if (connected != null && signDue) {
                signDue = false;
                connected.hold(new ClientRequest.Status(ids.incrementAndGet()));
            }
            if (connected != null) {
                connected.flush();
            }
        }
    }

    private void put(@Nullable ClientChannel connected, Question question) {
        long id = ids.incrementAndGet();
        long now = System.nanoTime();
        asked.put(id, new Asked(question, now));
        ClientRequest request = question.request(id);
        if (request == null) {
            asked.remove(id);
            return;
        }
        if (connected == null || closed || !isRetired && !connected.hold(request)) {
            router.lost(this, "connection lost");
        }
        // Whoever ended or retired the link may have looked before the question was there.
        if (closed || isRetired) {
            dropQuestions();
        }
    }

    /** Nothing new is asked here, and what was asked is asked elsewhere. */
    void retire() {
        isRetired = true;
        dropQuestions();
    }

    /** No answer is waited for any more. */
    void dropQuestions() {
        for (Question queued = questions.poll(); queued != null; queued = questions.poll()) {
            queued.lost(this);
        }
        for (Long id : asked.keySet()) {
            Asked dropped = asked.remove(id);
            if (dropped != null) {
                dropped.question.lost(this);
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
        if (call.deadlineNs() - now <= 0) {
            return;
        }
        Lane lane = router.lane();
        ClientRequest request = lane.begin(attempt, Math.max(1, (call.deadlineNs() - now) / 1_000_000));
        if (request == null) {
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
            isSent = !closed && connected.hold(request);
        } catch (RuntimeException broken) {
            // Against its contract; perhaps it was sent. The connection is of no use any more.
            connected.close();
            closed(String.valueOf(broken));
        }
        if (!isSent) {
            boolean isToBeQueued = takeBack(attempt);
            router.lost(this, "connection lost");
            if (isToBeQueued) {
                router.requeue(List.of(call));
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

    /** Ends an attempt that the node never takes; whether its call is to be queued again. */
    private boolean takeBack(Attempt attempt) {
        return outstanding.remove(attempt.id(), attempt) && router.lane().takeBack(attempt);
    }

    /** An attempt whose call has ended: a reply to it means nothing any more. */
    void forget(Attempt attempt) {
        outstanding.remove(attempt.id());
    }

    /** The same for a question. */
    void forget(long id) {
        asked.remove(id);
    }

    @Override
    public void replied(List<ClientReply> replies) {
        heardNs = System.nanoTime();
        askedNs = 0;
        Lane lane = router.lane();
        List<Call> toQueueAgain = new ArrayList<>(0);
        // The last answer counts: before it the server may have been something else.
        Lane.Verdict verdict = Lane.Verdict.NONE;
        String leaderAddress = "";
        String whyNot = "";
        for (ClientReply reply : replies) {
            switch (reply) {
                case ClientReply.CommandAnswered answered -> {
                    Attempt attempt = outstanding.remove(answered.id());
                    if (attempt == null) {
                        // A question's; or of a call that has ended, or a sign of life, which any node may refuse.
                        answerQuestion(answered);
                        continue;
                    }
                    Lane.Verdict told = lane.answered(attempt, answered.outcome(), toQueueAgain);
                    if (told != Lane.Verdict.NONE) {
                        verdict = told;
                        leaderAddress = answered.leaderAddress();
                        whyNot = answered.outcome() instanceof Outcome.Rejected rejected
                                && rejected.reason() == Outcome.Reason.NOT_LEADER ? rejected.detail() : "";
                    }
                }
                case ClientReply.OutOfOrder refused -> {
                    Attempt attempt = outstanding.remove(refused.id());
                    if (attempt != null) {
                        lane.outOfOrder(attempt, refused.expected(), toQueueAgain);
                    }
                }
                case ClientReply.SessionNamed named -> answerQuestion(named);
                case ClientReply.QueryAnswered query -> answerQuestion(query);
                case ClientReply.StatusAnswered status -> { }
                case ClientReply.SnapshotAnswered snapshot -> { }
                case ClientReply.TransferAnswered transfer -> { }
                case ClientReply.Goodbye goodbye -> {
                    toQueueAgain.addAll(takeBackAbove(goodbye));
                    router.leaving(this);
                    if (goodbye.why() == Why.NOT_READ) {
                        close();
                    }
                }
            }
        }
        switch (verdict) {
            case LEADS -> router.leading(this);
            case ELSEWHERE -> router.notLeading(this, leaderAddress, whyNot);
            case NONE -> { }
        }
        if (!toQueueAgain.isEmpty()) {
            router.requeue(toQueueAgain);
        }
    }

    private void answerQuestion(ClientReply reply) {
        Asked answered = asked.remove(reply.id());
        if (answered != null) {
            answered.question.answered(this, reply);
        }
    }

    /** The calls of attempts above a goodbye, in the order in which they were sent. */
    private List<Call> takeBackAbove(ClientReply.Goodbye goodbye) {
        lostBecause = goodbye.why();
        lastTaken = goodbye.id();
        return outstanding.values().stream().filter(attempt -> attempt.id() > goodbye.id())
                .sorted(Comparator.comparingLong(Attempt::id)).filter(this::takeBack).map(Attempt::call).toList();
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
            router.lane().lost(attempt, lostBecause);
        }
    }

    /** Drops attempts of calls that have ended elsewhere. */
    void dropEnded() {
        outstanding.values().removeIf(attempt -> attempt.call().isDone());
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
        if (outstanding.isEmpty() && asked.isEmpty() || nowNs - heardNs < patienceNs || channel == null) {
            return true;
        }
        if (askedNs != 0) {
            return nowNs - askedNs < patienceNs;
        }
        boolean isWaitedFor = outstanding.values().stream()
                .anyMatch(attempt -> nowNs - attempt.startedNs() >= patienceNs)
                || asked.values().stream().anyMatch(one -> nowNs - one.sentNs >= patienceNs);
        if (isWaitedFor) {
            askForSign(nowNs);
        }
        return true;
    }
}
