package io.driftless.errors;

/** Why a node ended or did not start, each with the exit code that a process uses for it. */
public enum EndCause {
    /** Closed by its owner. */
    STOPPED(0),
    /** Bad configuration. */
    CONFIGURATION(2),
    /** The address it should listen on cannot be had now: in use, or a host name that does not resolve (yet). */
    PORT_IN_USE(10),
    /** Another process, or another node of this one, owns the data directory. */
    DATA_LOCKED(11),
    /** The data directory cannot be written. */
    UNWRITABLE(12),
    /** The data belongs to another cluster or another node. */
    OTHER_IDENTITY(13),
    /** The data was written by a newer version. */
    NEWER_FORMAT(14),
    /** The configured members are not those that formed the cluster. */
    MEMBERS_DIFFER(15),
    /** Stored data is damaged. */
    CORRUPT(16),
    /** The disk has no room: nothing is lost, and it goes on when there is. */
    DISK_FULL(17),
    /** The process has no thread, descriptor or native memory left: nothing is wrong with the data. */
    OUT_OF_RESOURCES(18),
    /** The disk did not take a write. */
    FAILED_SYNC(20),
    /** The state machine threw. */
    STATE_MACHINE(21),
    /** The consensus core found itself in a state that must not be. */
    INVARIANT(22),
    /** Data that this server acknowledged is gone (R18). */
    LOST_DATA(23);

    private final int exitCode;

    EndCause(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The exit code. */
    public int exitCode() {
        return exitCode;
    }
}
