package io.driftless.log;

/**
 * Is told what a log noticed while it went on. Called on the log's threads, several at once, in the middle of their
 * work: must not block or throw. A node gives its log one that only queues.
 */
@FunctionalInterface
public interface LogListener {

    /** Drops everything. */
    LogListener NONE = message -> { };

    /** One line: a torn tail that was cut, a copy of the hard state that was bad. */
    void warning(String message);
}
