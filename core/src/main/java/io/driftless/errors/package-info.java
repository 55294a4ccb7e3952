/**
 * API: what can go wrong, and where it is told.
 *
 * <p>Three kinds of trouble are kept apart. What is expected (not the leader, too busy, a stale message) is a value and
 * never comes here. An operating error is a {@link io.driftless.errors.DriftlessException} with one line for a person:
 * read its four families first. What nobody handled goes to an {@link io.driftless.errors.ErrorSink} as an
 * {@link io.driftless.errors.ErrorEntry}; {@link io.driftless.errors.RecordingErrorSink} is the one that comes with the
 * library. What a node cannot go on after is an {@link io.driftless.errors.UnrecoverableError}: the node stops voting
 * first and asks its {@link io.driftless.errors.UnrecoverableErrorHandler} then. {@link io.driftless.errors.EndCause}
 * gives each way to end its exit code.
 *
 * <p>Imports nothing but the JDK: every other package may use it.
 */
@NullMarked
package io.driftless.errors;

import org.jspecify.annotations.NullMarked;
