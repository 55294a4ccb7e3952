package io.driftless.errors;

/**
 * An error after which a node cannot go on. Immutable.
 *
 * @param nodeId the node
 * @param cause  its kind
 * @param error  what happened
 */
public record UnrecoverableError(String nodeId, EndCause cause, ErrorEntry error) { }
