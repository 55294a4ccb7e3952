package io.driftless.client;

import io.driftless.machine.Result;

/**
 * What one node's state machine answered from its own state: local, possibly stale, never linearizable. Immutable.
 *
 * @param appliedIndex the last index that it had applied; answers of several nodes compare only at equal ones
 * @param result       the answer
 */
public record LocalAnswer(long appliedIndex, Result result) { }
