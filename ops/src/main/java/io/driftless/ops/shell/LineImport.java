package io.driftless.ops.shell;

import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.console.LineInput;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Executes the lines of a file in their order, with several under way at a time. A line that is bad by itself is told
 * and passed over; one that the cluster did not execute ends the import, since the rest would hardly fare better, and
 * later lines may need it. For one run.
 */
public final class LineImport {

    private static final long TELL_EVERY_MS = 1000;
    /** So often a settled line is told of: each one would cost more than its command. */
    private static final long TELL_EACH = 64;

    private final KvClient client;
    private final int outstanding;
    private final Duration timeout;
    private final Watcher watcher;
    private final Semaphore free;
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong settledBytes = new AtomicLong();
    /** The first line that the cluster did not execute, or may not have; above all numbers if there is none. */
    private final AtomicLong stoppedAt = new AtomicLong(Long.MAX_VALUE);
    private long bad;
    private long blank;
    /** Done when all lines that were taken so far are done, and those that failed were told, in their order. */
    private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);
    /** Lines that are done, whatever became of them. */
    private final AtomicLong settled = new AtomicLong();

    /** Is told how it goes, by several threads. */
    public interface Watcher {
        /** Lines of so many bytes are done, so many of them committed: told now and then, and once a second. */
        void at(long bytes, long lines);

        /** A line was not done, and why: in the order of the lines. */
        void failed(long number, String why);
    }

    /**
     * What came of it. Every line that was read is in one of the first six counts. Immutable.
     *
     * @param committed how many lines were executed, and not refused by the store
     * @param refused   how many were executed and refused by the store, as where its quota is used up, or answered
     *                  by another state machine
     * @param rejected  how many were certainly not executed
     * @param unknown   how many were perhaps executed
     * @param bad       how many were no command that can be imported
     * @param blank     how many had nothing in them
     * @param lines     how many were read, blank ones included
     * @param bytes     how many bytes those were, line feeds included
     * @param stoppedAt the number of the line that ended the import; 0 if it came to the end of the input
     * @param elapsedNs how long it took
     */
    public record Tally(long committed, long refused, long rejected, long unknown, long bad, long blank, long lines,
            long bytes, long stoppedAt, long elapsedNs) {

        /** Whether every line was a command, and was executed and not refused. */
        public boolean isAllCommitted() {
            return refused == 0 && rejected == 0 && unknown == 0 && bad == 0;
        }

        /** Committed lines a second. */
        public long opsPerSecond() {
            return Math.round(committed * 1e9 / Math.max(1, elapsedNs));
        }
    }

    /** With {@code outstanding} lines under way, each of which has {@code timeout}. */
    public LineImport(KvClient client, int outstanding, Duration timeout, Watcher watcher) {
        this.client = client;
        this.outstanding = outstanding;
        this.timeout = timeout;
        this.watcher = watcher;
        this.free = new Semaphore(outstanding);
    }

    /** Runs to the end of the input, or until a line fails; what is under way then is waited for. */
    public Tally run(InputStream in) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        LineInput lines = new LineInput(in, ShellLine.LINE_BYTES_MAX);
        long number = 0;
        // Room comes first: a line that is read is either sent or passed over, and so always counted.
        acquire(1);
        while (stoppedAt.get() == Long.MAX_VALUE) {
            long before = lines.consumed();
            Optional<LineInput.Line> line = lines.next();
            if (line.isEmpty()) {
                break;
            }
            number++;
            long bytes = lines.consumed() - before;
            if (takes(number, bytes, line.get())) {
                acquire(1);
            } else {
                settled(bytes);
            }
        }
        acquire(outstanding - 1);
        told.join();
        tell();
        long failed = stoppedAt.get() == Long.MAX_VALUE ? 0 : stoppedAt.get();
        return new Tally(committed.get(), refused.get(), rejected.get(), unknown.get(), bad, blank, number,
                lines.consumed(), failed, System.nanoTime() - startNs);
    }

    /** Uses the room that was taken for a line; false if it needs none. */
    private boolean takes(long number, long bytes, LineInput.Line line) {
        Optional<KvCommand> command;
        try {
            command = writing(line);
        } catch (ShellLine.BadLineException wrong) {
            bad++;
            settled(bytes);
            tellInOrder(number, CompletableFuture.completedFuture(Optional.of("bad: " + wrong.getMessage())));
            return true;
        }
        if (command.isEmpty()) {
            blank++;
            return false;
        }
        tellInOrder(number, client.submitWhenRoom(command.get(), timeout).thenApply(exchange -> {
            Optional<String> why = answered(number, exchange);
            settled(bytes);
            return why;
        }));
        return true;
    }

    /** A line keeps its room until those before it are done: so many lines at most are done behind one that fails. */
    private void tellInOrder(long number, CompletableFuture<Optional<String>> failure) {
        told = told.thenAcceptBoth(failure, (before, why) -> {
            why.ifPresent(text -> watcher.failed(number, text));
            free.release();
        });
    }

    private static Optional<KvCommand> writing(LineInput.Line line) throws ShellLine.BadLineException {
        Optional<KvCommand> command = ShellLine.parse(line);
        if (command.isPresent() && command.get().isReading()) {
            throw new ShellLine.BadLineException("'" + command.get().word() + "' reads, and an import only writes");
        }
        return command;
    }

    private void acquire(int permits) throws InterruptedException {
        while (!free.tryAcquire(permits, TELL_EVERY_MS, TimeUnit.MILLISECONDS)) {
            tell();
        }
    }

    private void settled(long bytes) {
        settledBytes.addAndGet(bytes);
        if (settled.incrementAndGet() % TELL_EACH == 0) {
            tell();
        }
    }

    /** Counts it; why it was not done, if it was not. */
    private Optional<String> answered(long number, KvExchange exchange) {
        return switch (exchange.outcome()) {
            case Outcome.Committed done when exchange.reply().isEmpty() -> {
                refused.incrementAndGet();
                // Anything else was said by another state machine, which should get no further lines.
                if (done.result().code() != KeyValueMachine.QUOTA_EXCEEDED) {
                    stoppedAt.accumulateAndGet(number, Math::min);
                }
                yield failed("refused", exchange);
            }
            case Outcome.Committed done -> {
                committed.incrementAndGet();
                yield Optional.empty();
            }
            case Outcome.Rejected why -> {
                rejected.incrementAndGet();
                // This line will never be taken, and says nothing of the next one.
                if (why.reason() != Outcome.Reason.TOO_LARGE) {
                    stoppedAt.accumulateAndGet(number, Math::min);
                }
                yield failed("rejected", exchange);
            }
            case Outcome.Unknown open -> {
                unknown.incrementAndGet();
                stoppedAt.accumulateAndGet(number, Math::min);
                yield failed("unknown", exchange);
            }
        };
    }

    private static Optional<String> failed(String word, KvExchange exchange) {
        return Optional.of(word + ": " + exchange.reason().orElse(""));
    }

    private void tell() {
        watcher.at(settledBytes.get(), committed.get());
    }
}
