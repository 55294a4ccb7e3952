package io.driftless.log;

/** What an entry is. The codes are part of the log's format and never change. */
public enum EntryType {
    /** Begins a term; no content (Raft §8). */
    NOOP(1),
    /** A client's command: opaque bytes. */
    COMMAND(2),
    /** A change of the cluster's configuration (Raft §6). */
    CONFIGURATION(3),
    /** A client's session begins or ends, or sessions live on (thesis §6.3). */
    SESSION(4);

    private final int code;

    EntryType(int code) {
        this.code = code;
    }

    /** The number that stands for it in files and frames. */
    public int code() {
        return code;
    }

    /** Whether this is the code of a type. */
    public static boolean isCode(int code) {
        return code >= NOOP.code && code <= SESSION.code;
    }

    /** The type with this code. Throws {@link IllegalArgumentException} if there is none. */
    public static EntryType ofCode(int code) {
        return switch (code) {
            case 1 -> NOOP;
            case 2 -> COMMAND;
            case 3 -> CONFIGURATION;
            case 4 -> SESSION;
            default -> throw new IllegalArgumentException("no entry type has code " + code);
        };
    }
}
