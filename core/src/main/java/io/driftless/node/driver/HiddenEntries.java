package io.driftless.node.driver;

import io.driftless.log.RaftLog;
import io.driftless.log.SyncFailedException;
import java.time.Duration;

/** Entries that were written and cannot be read: what is not durable is hidden by the log once a sync has failed. */
final class HiddenEntries {

    private HiddenEntries() { }

    /**
     * Lets the log itself say why it has no entry at {@code index}; returns if no failed sync hides it.
     *
     * @throws SyncFailedException if one does
     */
    static void check(RaftLog log, long index) {
        try {
            log.awaitBeyond(index - 1, Duration.ZERO);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
