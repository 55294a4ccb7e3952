package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.transport.ClientSession;

/**
 * A client's command under way, with its return address. Immutable.
 *
 * @param session    where the answer goes
 * @param id         the request's number there
 * @param deadlineNs when its client stops waiting
 * @param command    what it sent
 */
record Pending(ClientSession session, long id, long deadlineNs, Bytes command) { }
