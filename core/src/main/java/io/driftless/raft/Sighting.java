package io.driftless.raft;

import java.util.UUID;

/**
 * A start of another server that a server was connected with: what it tells that server's data folder of itself (R18).
 * Immutable.
 *
 * @param incarnation identity of the data directory
 * @param boot        which start on it, as that start counted
 * @param run         the run, random
 * @param address     where it was met, for a person
 */
public record Sighting(UUID incarnation, long boot, UUID run, String address) {

    /** Boot, the beginning of the run id, and the address; for log lines. */
    @Override
    public String toString() {
        return "boot " + boot + ", run " + run.toString().substring(0, 8) + (address.isEmpty() ? ""
                : ", at " + address);
    }
}
