package io.driftless.errors;

/** Bytes that are not what they should be: a frame, a message, a record body. The message names the byte. */
public final class MalformedException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    private final long position;

    /** With the position of the offending byte from the start of what was decoded. */
    public MalformedException(long position, String message) {
        super(message + " at byte " + position, null);
        this.position = position;
    }

    /** The position of the offending byte. */
    public long position() {
        return position;
    }
}
