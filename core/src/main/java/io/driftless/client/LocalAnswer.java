package io.driftless.client;

import io.driftless.machine.Result;

/**
 * What one node's state machine answered from its own state. The answer is local, possibly stale, and never
 * linearizable. Immutable.
 *
 * @param appliedIndex the last index that it had applied; answers of several nodes can be compared only if their
 *         indexes are equal
 * @param result       the answer
 */
public record LocalAnswer(long appliedIndex, Result result) { }
