package io.driftless.log;

/** Is told what a log noticed while it went on. Called on the log's threads; must not block or throw. */
@FunctionalInterface
public interface LogListener {

    /** Drops everything. */
    LogListener NONE = message -> { };

    /** One line: a torn tail that was cut, a copy of the hard state that was bad. */
    void warning(String message);
}
