package io.driftless.log;

/**
 * Is told what a log noticed that did not stop it. It is called on the log's threads, on several at once, in the middle
 * of their work, so it must not block or throw. A node gives its log a listener that only queues.
 */
@FunctionalInterface
public interface LogListener {

    /** A listener that drops everything. */
    LogListener NONE = message -> { };

    /** Takes one line: a torn tail was cut, or a copy of the hard state was bad. */
    void warning(String message);
}
