package io.driftless.ops.console;

/** A command gives up: one line for standard error and an exit code. */
public final class CommandFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The operation failed. */
    public static final int FAILED = 1;
    /** Bad usage or configuration. */
    public static final int USAGE = 2;

    private final int exitCode;

    private CommandFailedException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** The operation failed. */
    public static CommandFailedException failed(String message) {
        return new CommandFailedException(FAILED, message);
    }

    /** What was asked makes no sense. */
    public static CommandFailedException usage(String message) {
        return new CommandFailedException(USAGE, message);
    }

    /** The exit code. */
    public int exitCode() {
        return exitCode;
    }
}
