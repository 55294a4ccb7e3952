package io.driftless.client;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Why;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way. It is at one {@link Stage} at a time and moves by compare-and-set, so that of everybody who
 * would end it (a reply, its deadline, a broken connection, an interrupt, the client's close) exactly one does. Nothing
 * is sent but from the stage {@link Attempt}: a call that ends from {@link Waiting} was certainly not sent, or every
 * attempt of it was certainly not executed. Thread safe.
 */
final class Call {

    /** Where a call is. */
    sealed interface Stage { }

    /** No attempt is outstanding, and none was whose outcome is not known. */
    enum Waiting implements Stage { WAITING }

    /** It is known what became of it. */
    record Done() implements Stage { }

    /**
     * It was given to a connection, or is just being given. A new object each time, compared by identity. In a session
     * it stays here, with the last attempt, as long as any attempt may have been executed.
     */
    static final class Attempt implements Stage {
        private final Call call;
        private final Link link;
        private final long id;
        private final long startedNs;
        /**
         * True until the connection has taken it: then whoever sends decides what a break means, as only the sender
         * knows if it was sent.
         */
        private volatile boolean isSending = true;

        Attempt(Call call, Link link, long id, long startedNs) {
            this.call = call;
            this.link = link;
            this.id = id;
            this.startedNs = startedNs;
        }

        Call call() {
            return call;
        }

        Link link() {
            return link;
        }

        long id() {
            return id;
        }

        long startedNs() {
            return startedNs;
        }

        boolean isSending() {
            return isSending;
        }

        void taken() {
            isSending = false;
        }
    }

    private final Bytes command;
    private final long deadlineNs;
    /** Who waits for it; null if the future is completed instead. */
    private final @Nullable Thread waiter;
    private final CompletableFuture<Outcome> future = new CompletableFuture<>();
    private final Consumer<Call> onDone;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Waiting.WAITING);
    /** What the thread that waits for it is told; null until all else about its end is done. */
    private volatile @Nullable Outcome told;
    /** Null before it is about to be sent in a session; guarded by the lane's lock. */
    private Session.@Nullable Place place;
    /** The last answer that was no obstacle for ever; null without one. */
    private volatile Outcome.@Nullable Rejected refusal;

    /**
     * @param deadlineNs by {@link System#nanoTime()}
     * @param waiter     the thread that is unparked at the end; null: the future is completed, on a thread of its own
     * @param onDone     called once, by whoever ends it
     */
    Call(Bytes command, long deadlineNs, @Nullable Thread waiter, Consumer<Call> onDone) {
        this.command = command;
        this.deadlineNs = deadlineNs;
        this.waiter = waiter;
        this.onDone = onDone;
    }

    Bytes command() {
        return command;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    CompletableFuture<Outcome> future() {
        return future;
    }

    Stage stage() {
        return stage.get();
    }

    /** For the thread that waits: the outcome, once the call's room is free for its next one; null before. */
    @Nullable Outcome told() {
        return told;
    }

    boolean isDone() {
        return stage.get() instanceof Done;
    }

    /** Begins an attempt; false if it is not waiting any more: then nothing may be sent. */
    boolean begin(Attempt attempt) {
        return stage.compareAndSet(Waiting.WAITING, attempt);
    }

    /** Ends an attempt that was certainly not executed; false if the call has ended meanwhile. */
    boolean giveBack(Attempt attempt) {
        return stage.compareAndSet(attempt, Waiting.WAITING);
    }

    /** Begins an attempt whatever became of earlier ones; false if the call has ended: then nothing may be sent. */
    boolean beginAgain(Attempt attempt) {
        return move(attempt);
    }

    /** Every attempt was certainly not executed; false if the call has ended meanwhile. */
    boolean giveBackAll() {
        return move(Waiting.WAITING);
    }

    private boolean move(Stage to) {
        for (Stage now = stage.get(); !(now instanceof Done); now = stage.get()) {
            if (stage.compareAndSet(now, to)) {
                return true;
            }
        }
        return false;
    }

    Session.@Nullable Place place() {
        return place;
    }

    void place(Session.@Nullable Place next) {
        place = next;
    }

    Outcome.@Nullable Rejected refusal() {
        return refusal;
    }

    void refused(Outcome.Rejected answer) {
        refusal = answer;
    }

    /** Ends the call wherever it is. */
    void settle(Outcome outcome) {
        for (Stage now = stage.get(); !(now instanceof Done); now = stage.get()) {
            if (finish(now, outcome)) {
                return;
            }
        }
    }

    /** Ends the call if it is at {@code expected}. */
    boolean finish(Stage expected, Outcome outcome) {
        if (!stage.compareAndSet(expected, new Done())) {
            return false;
        }
        onDone.accept(this);
        if (waiter != null) {
            told = outcome;
            LockSupport.unpark(waiter);
        } else {
            // What the user hangs on the future may block, even on another future of this client: it must not do so on
            // a thread that reads replies.
            Thread.ofVirtual().name("driftless-client-completion").start(() -> future.complete(outcome));
        }
        return true;
    }

    /** Ends the call wherever it is: as rejected if it waits, as unknown if an attempt is outstanding. */
    void giveUp(Rejection ifWaiting, Why ifOutstanding) {
        giveUp(ifWaiting, ifOutstanding, attempt -> { });
    }

    /**
     * The same.
     *
     * @param first what is to be done about an attempt that is outstanding, before anybody is told: who is told may
     *              send the next command at once. Perhaps for nothing, as the call may end otherwise meanwhile
     */
    void giveUp(Rejection ifWaiting, Why ifOutstanding, Consumer<Attempt> first) {
        for (Stage now = stage.get(); !(now instanceof Done); now = stage.get()) {
            if (now instanceof Attempt attempt) {
                first.accept(attempt);
                if (finish(attempt, new Outcome.Unknown(ifOutstanding))) {
                    attempt.link().forget(attempt);
                }
            } else {
                finish(now, ifWaiting.outcome());
            }
        }
    }

    /** Makes the outcome of a call that ends while it waits. */
    @FunctionalInterface
    interface Rejection {
        Outcome outcome();

        /** With a reason and a line. */
        static Rejection of(Reason reason, String detail) {
            return () -> new Outcome.Rejected(reason, detail, Duration.ZERO);
        }
    }
}
