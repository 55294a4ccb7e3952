package io.driftless.node;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as configuration writes them, {@code 250ms} and {@code 16MiB}, read and written. Pure. */
final class Quantities {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final Map<String, Long> NANOS =
            Map.of("ms", 1_000_000L, "s", 1_000_000_000L, "min", 60_000_000_000L, "m", 60_000_000_000L,
                    "h", 3_600_000_000_000L);
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private Quantities() { }

    /**
     * Reads a whole number of {@code ms}, {@code s}, {@code min} (or {@code m}) or {@code h}.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static Duration duration(String text) {
        return Duration.ofNanos(read(text, NANOS, Long.MAX_VALUE, "below 292 years",
                "a duration such as 250ms or 2s (units ms, s, min, h)"));
    }

    /** Like {@link #duration}, and 0 needs no unit. */
    static Duration durationOrZero(String text) {
        return text.equals("0") ? Duration.ZERO : duration(text);
    }

    /**
     * Reads a whole number of {@code B}, {@code KiB}, {@code MiB} or {@code GiB}; without a unit it is bytes.
     *
     * @throws IllegalArgumentException naming what is wrong, also if it is 2 GiB or more
     */
    static int bytes(String text) {
        return (int) read(text, BYTES, Integer.MAX_VALUE, "below 2GiB",
                "a size such as 16MiB (units B, KiB, MiB, GiB)");
    }

    /**
     * Like {@link #bytes}, of any size.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static long largeBytes(String text) {
        return read(text, BYTES, Long.MAX_VALUE, "below 8 EiB", "a size such as 16MiB (units B, KiB, MiB, GiB)");
    }

    /**
     * Reads a whole number of a range.
     *
     * @throws IllegalArgumentException with the text and the range
     */
    static int number(String text, int min, int max) {
        String digits = text.strip();
        if (!WHOLE.matcher(digits).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number from " + min + " to " + max);
        }
        BigInteger number = new BigInteger(digits);
        if (number.compareTo(BigInteger.valueOf(min)) < 0 || number.compareTo(BigInteger.valueOf(max)) > 0) {
            throw new IllegalArgumentException(digits + " is not from " + min + " to " + max);
        }
        return number.intValue();
    }

    private static long read(String text, Map<String, Long> units, long max, String bound, String wanted) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit != null) {
            long number = Long.parseLong(matcher.group(1));
            if (number <= max / unit) {
                return number * unit;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not " + (unit == null ? wanted : bound));
    }

    /**
     * The form that {@link #duration} reads, in the largest unit that fits; below a millisecond as nanoseconds, which
     * it does not read.
     */
    static String text(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos % 1_000_000 != 0) {
            return nanos + "ns";
        }
        long millis = duration.toMillis();
        return millis % 1000 == 0 && millis != 0 ? millis / 1000 + "s" : millis + "ms";
    }

    /** The form that {@link #bytes} reads, in the largest unit that fits. */
    static String text(long bytes) {
        if (bytes == 0 || bytes % (1 << 10) != 0) {
            return bytes + "B";
        }
        if (bytes % (1 << 20) != 0) {
            return (bytes >> 10) + "KiB";
        }
        return bytes % (1 << 30) == 0 ? (bytes >> 30) + "GiB" : (bytes >> 20) + "MiB";
    }
}
