package io.driftless.errors;

/** Bytes are not what they should be: a frame, a message or a record body. The exception's message names the byte. */
public final class MalformedException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    private final long position;

    /** Takes the position of the offending byte, counted from the start of what was decoded. */
    public MalformedException(long position, String message) {
        super(message + " at byte " + position, null);
        this.position = position;
    }

    /** The position of the offending byte. */
    public long position() {
        return position;
    }
}
