package io.driftless.sim;

import io.driftless.transport.ClientRequest;
import java.util.UUID;

/**
 * One copy of a request about a session, on its way. Immutable.
 *
 * @param client  who asks
 * @param number  unique in the run
 * @param nonce   the nonce of the session
 * @param session the session; 0 while it is being opened
 * @param isLate  whether it is a copy that its client has settled, or given up, since
 * @param request what is asked
 */
record Inquiry(int client, long number, UUID nonce, long session, boolean isLate, ClientRequest request) {

    /** The serial in the session, if it is a command; otherwise 0. */
    long serial() {
        return request instanceof ClientRequest.ExecuteInSession execute ? execute.serial() : 0;
    }

    /** The lowest serial that is still wanted, if it is a command; otherwise 0. */
    long lowestWanted() {
        return request instanceof ClientRequest.ExecuteInSession execute ? execute.lowestWanted() : 0;
    }
}
