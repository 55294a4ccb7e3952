package io.driftless.ops.console;

/** Nobody reads standard output any more: the command ends, quietly, and without having told its result. */
public final class ClosedPipeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClosedPipeException() {
        super("standard output is closed", null, false, false);
    }
}
