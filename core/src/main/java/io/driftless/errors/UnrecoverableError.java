package io.driftless.errors;

/**
 * What a node cannot go on after. Immutable.
 *
 * @param nodeId the node
 * @param cause  its kind
 * @param error  what happened
 */
public record UnrecoverableError(String nodeId, EndCause cause, ErrorEntry error) { }
