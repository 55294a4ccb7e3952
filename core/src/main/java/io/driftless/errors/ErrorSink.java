package io.driftless.errors;

/** Takes every unhandled error. Any thread may call it. It never throws and never blocks. */
@FunctionalInterface
public interface ErrorSink {

    /** Records the error. */
    void record(ErrorEntry entry);
}
