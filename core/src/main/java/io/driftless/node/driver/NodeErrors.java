package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.log.Storage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the errors of a run go: each is kept and told, and the first one that it cannot go on after ends it, on a
 * thread that was there before. Thread safe; neither blocks nor throws.
 */
final class NodeErrors implements Failures, ErrorSink {

    /** Hears that a run cannot go on. */
    @FunctionalInterface
    interface Ending {

        /** It cannot; {@code isMendedByStart} if a start in place mends that by itself. */
        void cannotGoOn(EndCause cause, ErrorEntry error, boolean isMendedByStart);
    }

    private static final int FILE_BYTES_MAX = 1 << 20;

    private final NodeParts parts;
    private final Ending ending;
    private final @Nullable RecordingErrorSink file;
    /** Is there before anything can fail: this path needs no thread that would have to be started. */
    private final Engine.Errands emergency;
    private final AtomicBoolean failed = new AtomicBoolean();
    /** Whether what it failed by is kept, too. */
    private volatile boolean failureKept;
    private volatile boolean closing;
    private volatile Consumer<String> silence = why -> { };

    /** {@code ending} is told, once, that the run cannot go on; on a thread of its own. */
    NodeErrors(NodeParts parts, Storage storage, Ending ending) {
        this.parts = parts;
        this.ending = ending;
        this.file = parts.errors().isPresent() ? null
                : storage.errorsFile().map(path -> RecordingErrorSink.toFile(path, FILE_BYTES_MAX)).orElse(null);
        this.emergency = parts.engine().standby(parts.threadName("unrecoverable"));
    }

    /** Has the core fall silent after an unrecoverable error, also one from before; what is told must not wait. */
    void silenceBy(Consumer<String> why) {
        silence = why;
        if (failed.get()) {
            why.accept("failed while it was starting");
        }
    }

    @Override
    public void unrecoverable(EndCause cause, String source, String message, @Nullable Throwable throwable) {
        end(cause, source, message, throwable, false);
    }

    @Override
    public void mendedByStart(EndCause cause, String source, String message, Throwable throwable) {
        end(cause, source, message, throwable, true);
    }

    private void end(EndCause cause, String source, String message, @Nullable Throwable throwable, boolean isMended) {
        if (closing || !failed.compareAndSet(false, true)) {
            return;
        }
        // First of all: no vote, no acknowledgement, no leading any more. Another thread may own the core, or this one
        // in the middle of a step.
        silence.accept(message);
        ErrorEntry error = throwable == null ? ErrorEntry.of(source, message) : ErrorEntry.of(source, message,
                throwable);
        keep(error);
        // Whoever sees that it has failed, may look why.
        failureKept = true;
        parts.listener().error(error);
        emergency.execute(() -> ending.cannotGoOn(cause, error, isMended));
    }

    /** Keeps an error where it can be listed, and has it told. */
    @Override
    public void record(ErrorEntry error) {
        keep(error);
        parts.listener().error(error);
    }

    /** Keeps an error without having it told. */
    void keep(ErrorEntry error) {
        parts.recent().record(error);
        if (file != null) {
            file.record(error);
        }
    }

    /** Whether the run cannot go on; the error that it cannot go on after can be listed then. */
    boolean hasFailed() {
        return failureKept;
    }

    /** The run is being closed: from now on nothing ends it any more. */
    void closing() {
        closing = true;
    }

    /** Puts what was recorded on the disk, as far as that is possible in a moment. */
    void save() {
        if (file != null) {
            file.close();
        }
    }

    /** Ends the thread, once what is left for it is done. */
    void close() {
        emergency.close();
    }

    /** Saves and closes: of a run that never began. */
    void end() {
        save();
        close();
    }
}
