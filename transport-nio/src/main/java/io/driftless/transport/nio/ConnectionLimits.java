package io.driftless.transport.nio;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * How many connections a node takes, so that others' sockets leave enough descriptors for its log and its peers.
 * Immutable.
 *
 * @param callers connections that have not greeted yet
 * @param clients connections of clients
 */
record ConnectionLimits(int callers, int clients) {

    /** Connections that the kernel keeps until they are accepted. */
    static final int BACKLOG = 512;

    private static final int CALLERS_MAX = 1_024;
    private static final int CLIENTS_MAX = 10_000;
    private static final int LEAST = 4;
    /** Kept for the log, its next segment, peers and files of the JVM; more where there are many. */
    private static final long KEPT_MIN = 32;
    private static final long PATIENCE_MAX_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_MIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Less than a dialer's patience. */
    private static final long BACKLOG_NS = TimeUnit.SECONDS.toNanos(4);

    /** By the limit of this process, and what it has open already. */
    static ConnectionLimits ofThisProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? of(system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount())
                : new ConnectionLimits(CALLERS_MAX, CLIENTS_MAX);
    }

    /** With so many descriptors left. */
    static ConnectionLimits of(long left) {
        long free = left - Math.max(KEPT_MIN, left / 4);
        int callers = Math.clamp(free / 4, LEAST, CALLERS_MAX);
        return new ConnectionLimits(callers, Math.clamp(free - callers, LEAST, CLIENTS_MAX));
    }

    /**
     * How long a caller may be silent when another one needs its place: a second, and less where there are few places,
     * since a peer behind a whole backlog of silent ones must have its turn before it gives up.
     */
    long patienceNs() {
        return Math.clamp(BACKLOG_NS * callers / BACKLOG, PATIENCE_MIN_NS, PATIENCE_MAX_NS);
    }

    /** What is said when there is no room for one more client. */
    String tooManyClients() {
        return "too many clients: " + clients + " is the most that "
                + (clients < CLIENTS_MAX ? "the limit of open files leaves room for" : "a node takes");
    }
}
