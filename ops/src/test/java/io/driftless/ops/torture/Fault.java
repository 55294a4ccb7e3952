package io.driftless.ops.torture;

import java.util.Locale;

/** The kinds of faults. */
enum Fault {
    /** SIGKILL, and a restart. */
    KILLED,
    /** SIGSTOP, and SIGCONT. */
    STOPPED,
    /** A sync reports an error: the node ends with exit code 20, and is restarted. */
    SYNC_FAILED,
    /** A sync does not return for a while. */
    SYNC_HUNG,
    /** No room on the disk: the node ends with exit code 17, and is restarted when there is room. */
    DISK_FULL,
    /** A log file of a stopped node is cut short: it refuses to start, and gets its copy back. */
    TRUNCATED,
    /** A bit in a log file of a stopped node is flipped: it refuses to start, and gets its copy back. */
    FLIPPED,
    /** SIGKILL in the middle of a record: the node cuts it. */
    TORN_TAIL,
    /** An empty directory under a known name: the node is not counted, and gets its data back. */
    WIPED,
    /** What one server says does not reach another, but the answers would. */
    CUT_ONE_WAY,
    /** Two servers do not reach each other, or one reaches nobody. */
    CUT_TWO_WAYS,
    /** What two servers say to each other comes late. */
    DELAYED,
    /** Connections break in the middle of what is on its way. */
    RESET;

    /** As it is called where counts are printed. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isOfLinks() {
        return this == CUT_ONE_WAY || this == CUT_TWO_WAYS || this == DELAYED || this == RESET;
    }

    /** Without root. */
    boolean needsCompiler() {
        return this == SYNC_FAILED || this == SYNC_HUNG || this == DISK_FULL;
    }
}
