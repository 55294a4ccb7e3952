package io.driftless.ops.torture;

import java.util.Locale;

/** What strikes while clients read without the log. */
enum ReadFault {
    /** SIGKILL of a node, and a restart. */
    KILLED,
    /** SIGSTOP of any node for a moment, and SIGCONT. */
    PAUSED,
    /**
     * SIGSTOP of the leader until another one has committed, and reads that were asked after that lie in the sockets of
     * the one that stands still; then SIGCONT.
     */
    OVERTAKEN,
    /** The leader does not reach the other servers, nor they it, until another one has committed. Its clients do. */
    CUT_OFF,
    /** The leader hands over. */
    TRANSFERRED;

    /** As it is called where counts are printed. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
