package io.driftless.sim;

import java.util.Locale;

/**
 * One thing that goes wrong. Immutable.
 *
 * @param atUs     when, in microseconds of the run
 * @param kind     what
 * @param node     whom it befalls
 * @param peer     who else, where two are concerned
 * @param lengthMs how long: until it ends, or until a node starts again
 * @param amount   how much, by kind
 */
record Fault(long atUs, Kind kind, int node, int peer, long lengthMs, int amount) {

    /** What can go wrong. */
    enum Kind {
        /** SIGKILL: what was written stays, synced or not. */
        KILL,
        /** Power is lost: of what was not synced the first {@code amount} entries happen to be there. */
        POWER_CUT,
        /** A clean stop. */
        STOP,
        /** A kill, or for odd amounts a power cut, after so many more effects: in the middle of one step's. */
        CRASH_MIDWAY,
        /** The data directory is empty at the next start. */
        WIPE,
        /** SIGSTOP or a long collection of garbage. */
        PAUSE,
        /** The clock moves ahead. */
        CLOCK_JUMP,
        /** Writes take {@code amount} times as long. */
        SLOW_DISK,
        /** No write ends meanwhile; for odd amounts the one that is under way, or begins next, hangs in its sync. */
        STUCK_DISK,
        /** The next sync fails. */
        FAILED_SYNC,
        /** The next append finds the disk full after {@code amount} entries. */
        DISK_FULL,
        /** The state machine throws at the next command. */
        MACHINE_THROWS,
        /** The state machine hangs. */
        MACHINE_HANGS,
        /** Two servers do not reach each other. */
        CUT,
        /** What {@code node} sends to {@code peer} does not arrive. */
        ONE_WAY,
        /** A server is cut off from all others. */
        ISOLATE,
        /** Those in the mask {@code amount} are cut off from those outside. */
        SPLIT,
        /** As SPLIT, but {@code node} reaches both sides. */
        BRIDGE,
        /** The connection between two servers is reset in the middle of what is on its way. */
        RESET,
        /** The link between two servers is {@code amount} times as slow. */
        SLOW_LINK,
        /** A restart with another member list, which must be refused, and then with the right one. */
        OTHER_MEMBERS,
        /** A bit of a synced entry flips: the server is lost once it reads it, at the latest at its next start. */
        FLIPPED_BIT,
        /** The wall clock is set, by years. */
        WALL_CLOCK,
        /** The clock runs at another rate from now on. */
        CLOCK_RATE,
        /** Whoever leads is cut off from all others, its disk hangs twice as long, and then tells of writes late. */
        LEADER_STALLS,
        /** Completed writes of the log, or of the hard state, are told up to {@code amount} milliseconds late. */
        LATE_COMPLETIONS,
        /** The data folder is copied, whatever runs on it. */
        FOLDER_COPIED,
        /** A kill; the next start is on the copy of the folder. */
        FOLDER_PUT_BACK,
        /**
         * Every sync fails, of the log and of the hard state; for odd amounts the page cache loses some of what was
         * not synced when the node ends by it, and the machine runs on.
         */
        SYNCS_FAIL,
        /** Between two servers entries, probes and their answers wait until it is over; heartbeats and votes do not. */
        LATE_DATA,
        /**
         * A byte of the stored snapshot changes, if there is one; for one amount in four, where logs are shortened, a
         * byte of the next part that comes in.
         */
        SNAPSHOT_DAMAGED,
        /** As CRASH_MIDWAY, but counted from the moment at which the next snapshot that comes in is durable. */
        CRASH_INSTALLING,
        /** The disk has no room for snapshots. */
        SNAPSHOTS_FULL,
        /** What is on its way between two servers on the bulk lane is lost, or the end of it; nothing else. */
        BULK_CUT,
        /** Between two servers parts of snapshots wait until it is over; nothing else does. */
        LATE_BULK,
        /** Between two servers heartbeats and votes wait until it is over; entries do not. */
        LATE_CONTROL,
        /**
         * Somebody asks whoever leads, or {@code node} if half the amount is divisible by four, to hand leadership
         * over: to {@code peer}, or for even amounts to whoever has most of the log.
         */
        TRANSFER
    }

    String text() {
        return "fault " + atUs + ' ' + kind + ' ' + node + ' ' + peer + ' ' + lengthMs + ' ' + amount;
    }

    static Fault parse(String line) {
        String[] parts = line.split(" ");
        if (parts.length != 7) {
            throw new IllegalArgumentException("not a fault: " + line);
        }
        return new Fault(Long.parseLong(parts[1]), Kind.valueOf(parts[2].toUpperCase(Locale.ROOT)),
                Integer.parseInt(parts[3]), Integer.parseInt(parts[4]), Long.parseLong(parts[5]),
                Integer.parseInt(parts[6]));
    }
}
