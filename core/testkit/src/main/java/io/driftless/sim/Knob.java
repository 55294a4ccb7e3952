package io.driftless.sim;

/** A number that a run depends on. Sets of servers are bit masks, the first server being the lowest bit. */
enum Knob {
    /** Who votes. */
    VOTERS,
    /** Who votes in the outgoing half of a joint configuration; 0 if it is not joint. */
    OUTGOING,
    /** Who learns. */
    LEARNERS,
    /** Whether the cluster has formed before the run. */
    FORMED,
    /** How many clients. */
    CLIENTS,
    /** How many keys they use. */
    KEYS,
    /** How long things may go wrong. */
    PHASE_MS,
    /** Shortest time on the wire. */
    LATENCY_MIN_US,
    /** Longest time on the wire. */
    LATENCY_MAX_US,
    /** Longest time until a broken connection is noticed. */
    NOTICE_MAX_MS,
    /** Shortest time until a batch is written. */
    DISK_MIN_US,
    /** Longest time until a batch is written. */
    DISK_MAX_US,
    /** Commands that are written with one sync. */
    DISK_BATCH_ENTRIES,
    /** Longest time until commands are applied. */
    APPLY_MAX_US,
    /** How often in a hundred a thread does the work of disk or machine itself. */
    SPARED_PERCENT,
    /** Commands in an AppendEntries. */
    BATCH_ENTRIES,
    /** Commands under way to one peer. */
    WINDOW_ENTRIES,
    /** Longest pause of a client between commands. */
    THINK_MAX_MS,
    /** How long a client waits. */
    TIMEOUT_MS,
    /** How much faster or slower than real time a clock may run, in thousandths. */
    DRIFT_PERMILLE,
    /** Whose state machines keep what they applied. */
    KEEPS_STATE,
    /** Of how many requests in a thousand the connection breaks on the way. */
    LOST_PERMILLE,
    /** When entries count as stored: 0 always, 1 interval, 2 os. */
    DURABILITY,
    /** Commands that are kept in memory for sending and applying; 0: as many as usual. */
    CACHE_ENTRIES,
    /** How many clients in sessions, beside the others. */
    SESSION_CLIENTS,
    /** Commands that such a client has under way at once. */
    SESSION_WINDOW,
    /** The time-out that such a client asks for. */
    SESSION_TIMEOUT_MS,
    /** The bytes of results that it asks to have kept; values alone are counted, of 8 bytes each. */
    SESSION_RESULT_BYTES,
    /** How many sessions the first server allows, the others some more; 0: as many as usual. */
    SESSIONS_MAX,
    /** The same, as the first server allows for all sessions, the others some more; 0: as usual. */
    ALL_RESULT_BYTES,
    /** About how many entries are applied between two snapshots; 0: none are taken. */
    SNAPSHOT_ENTRIES,
    /** So many of the newest entries stay in a log that is shortened; {@link Plan#ALL}: logs are not shortened. */
    RETAIN_ENTRIES,
    /** So many bytes of the newest entries stay, too. */
    RETAIN_BYTES,
    /** So many bytes stay at most for peers that are being brought up to date. */
    RETAIN_BYTES_MAX,
    /** A log forgets entries in portions of so many. */
    SEGMENT_ENTRIES,
    /** Bytes of a snapshot in an InstallSnapshot. */
    CHUNK_BYTES,
    /** Of these, how many a receiver takes before it has written them. */
    WINDOW_CHUNKS,
    /** How much a leader sends of snapshots in a second, in bytes; {@link Plan#ALL}: as much as it can. */
    BULK_BYTES_PER_SECOND,
    /** Of how many operations in a thousand, of clients outside sessions, are reads without an entry in the log. */
    READS,
    /** Whether servers notice by their sockets that a process is gone: 1, or 0 for not (R41). */
    NOTICES_ENDS
}
