package io.driftless.transport;

/**
 * Why a member cannot be reached, as far as this side knows. Immutable.
 *
 * @param kind   what happened
 * @param detail more about it, in words; empty if the kind says everything
 */
public record Unreachable(Kind kind, String detail) {

    /** What became of the last attempt. */
    public enum Kind {
        /** Its machine answers, but nobody listens there. */
        REFUSED("refused"),
        /** Nothing answers: the machine is gone or cut off, or the process makes no progress. */
        SILENT("silent"),
        /** Its host name has no address, or no name server answers. */
        HOST_NOT_FOUND("host not found"),
        /** One of the two sides refuses the other. The detail says why. */
        TURNED_AWAY("turned away"),
        /** What listens there does not speak the protocol. */
        NOT_DRIFTLESS("not a Driftless server"),
        /** A connection ended, or could not be completed. */
        BROKEN("connection broken");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind in words, for a person. */
        public String words() {
            return words;
        }
    }

    /** Takes no detail. */
    public Unreachable(Kind kind) {
        this(kind, "");
    }

    /** A few words for a person, such as {@code refused} or {@code other cluster id: ...}. */
    @Override
    public String toString() {
        return detail.isEmpty() ? kind.words : kind == Kind.TURNED_AWAY ? detail : kind.words + ": " + detail;
    }
}
