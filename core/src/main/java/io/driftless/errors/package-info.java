/**
 * API: what can go wrong, and where it is reported.
 *
 * <p>There are three kinds of trouble. Something expected (not the leader, too busy, a stale message) is a value and
 * never comes here. An operating error is a {@link io.driftless.errors.DriftlessException} with one line for a person:
 * read its four families first. An error that nobody handled goes to an {@link io.driftless.errors.ErrorSink} as an
 * {@link io.driftless.errors.ErrorEntry}; {@link io.driftless.errors.RecordingErrorSink} is the one that comes with the
 * library. An error after which a node cannot go on is an {@link io.driftless.errors.UnrecoverableError}: the node
 * first stops voting and then asks its {@link io.driftless.errors.UnrecoverableErrorHandler}.
 * {@link io.driftless.errors.EndCause} lists the ways in which a node ends, each with its exit code.
 *
 * <p>Imports nothing but the JDK: every other package may use it.
 */
@NullMarked
package io.driftless.errors;

import org.jspecify.annotations.NullMarked;
