package io.driftless.transport.nio;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many connections a node takes, so that others' sockets leave enough descriptors for its log and its peers.
 * Immutable.
 *
 * @param callers connections that have not greeted yet
 * @param clients connections of clients
 */
record Room(int callers, int clients) {

    private static final int CALLERS_MAX = 64;
    private static final int CLIENTS_MAX = 10_000;
    private static final int LEAST = 4;
    /** Kept for the log, its next segment, peers and files of the JVM; more where there are many. */
    private static final long KEPT_MIN = 32;

    /** By the limit of this process, and what it has open already. */
    static Room ofThisProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? of(system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount())
                : new Room(CALLERS_MAX, CLIENTS_MAX);
    }

    /** With so many descriptors left. */
    static Room of(long left) {
        long free = left - Math.max(KEPT_MIN, left / 4);
        int callers = Math.clamp(free / 4, LEAST, CALLERS_MAX);
        return new Room(callers, Math.clamp(free - callers, LEAST, CLIENTS_MAX));
    }
}
