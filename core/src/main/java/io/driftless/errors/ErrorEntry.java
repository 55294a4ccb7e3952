package io.driftless.errors;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * One recorded error. Immutable and bounded: a message longer than {@link #MESSAGE_CHARS_MAX} and a detail longer than
 * {@link #DETAIL_CHARS_MAX} are cut.
 *
 * @param timeMs  wall clock, milliseconds since 1970
 * @param source  the part that met it: {@code log}, {@code transport}, {@code machine}, {@code core}, {@code node},
 *         {@code client}
 * @param message one line: line ends become spaces
 * @param detail  a stack trace or more lines; may be empty
 */
public record ErrorEntry(long timeMs, String source, String message, String detail) {

    /** The length of the longest message, in characters. */
    public static final int MESSAGE_CHARS_MAX = 2_000;
    /** The length of the longest detail, in characters. */
    public static final int DETAIL_CHARS_MAX = 8_000;

    /** Cuts what is too long. */
    public ErrorEntry {
        source = cut(source, 40).replaceAll("\\R", " ");
        message = cut(message, MESSAGE_CHARS_MAX).replaceAll("\\R", " ");
        detail = cut(detail, DETAIL_CHARS_MAX);
    }

    /** An error with the current time, without a throwable. */
    public static ErrorEntry of(String source, String message) {
        return new ErrorEntry(System.currentTimeMillis(), source, message, "");
    }

    /**
     * An error with the current time. The stack trace becomes the detail. Does not throw, whatever the throwable's own
     * methods do.
     */
    public static ErrorEntry of(String source, String message, Throwable error) {
        String detail;
        String name = error.getClass().getName();
        try {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            detail = trace.toString();
            name = String.valueOf(error);
        } catch (RuntimeException | Error broken) {
            detail = error.getClass().getName() + ", whose stack trace cannot be printed: "
                    + broken.getClass().getName();
        }
        return new ErrorEntry(System.currentTimeMillis(), source, message.isEmpty() ? name : message, detail);
    }

    /**
     * A throwable's message in one line, or its name if it has none. Does not throw, whatever the throwable's own
     * methods do.
     */
    public static String messageOf(Throwable error) {
        String name = error.getClass().getName();
        try {
            String message = error.getMessage();
            return message == null || message.isEmpty() ? name : message.replaceAll("\\R", " ");
        } catch (RuntimeException | Error broken) {
            return name + ", whose message cannot be read: " + broken.getClass().getName();
        }
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max - 4) + " ...";
    }
}
