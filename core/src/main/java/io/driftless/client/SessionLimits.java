package io.driftless.client;

import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.UUID;

/**
 * What a client asks of its session. Immutable.
 *
 * @param timeout        how long it lives without a sign of the client
 * @param window         how many commands may lie from the lowest unfinished one to the last that is sent
 * @param resultBytesMax how many bytes of results are kept
 */
record SessionLimits(Duration timeout, int window, long resultBytesMax) {

    /** Long enough for an opening to be committed; it may be repeated. */
    private static final long OPENING_MS = 5_000;

    ClientRequest opening(long id, UUID nonce) {
        return new ClientRequest.OpenSession(id, OPENING_MS, nonce, timeout.toMillis(), window, resultBytesMax);
    }
}
