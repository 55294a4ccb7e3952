package io.driftless.sim;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The result of a run. Immutable.
 *
 * @param plan           the plan that was run
 * @param violation      the broken promise, if one was broken
 * @param events         how many things happened
 * @param simulatedMs    how long they took in simulated time
 * @param committed      how many entries were committed
 * @param operations     how many operations of clients were acknowledged
 * @param recoveryMs     how long it took from the end of all faults until a commit, in simulated time; -1 if the run
 *                       ended before
 * @param sentBytes      the weight of all entries that leaders sent
 * @param sentAgainBytes of these, the weight of the entries that their receiver already had, or that had been sent over
 *                       the same connection before
 * @param struck         which faults struck the cluster, and how often
 * @param marks          which rare branches were reached
 * @param digest         the digest of everything that happened, if it was asked for
 * @param lines          the last things that happened, if they were asked for
 */
public record SimulationResult(Plan plan, Optional<Violation> violation, long events, long simulatedMs, long committed,
        long operations, long recoveryMs, long sentBytes, long sentAgainBytes,
        SortedMap<String, Integer> struck, SortedSet<String> marks, long digest, List<String> lines) { }
