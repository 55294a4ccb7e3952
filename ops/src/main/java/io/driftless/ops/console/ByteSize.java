package io.driftless.ops.console;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as the configuration writes them: {@code 256MiB}, and without a unit bytes. Pure. */
public final class ByteSize {

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final String LARGER = "KMGTPE";
    private static final Map<String, Long> UNITS =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private ByteSize() { }

    /** The bytes that a text stands for; empty if it is no size, or one of more than 63 bits. */
    public static OptionalLong parse(String text) {
        Matcher matcher = FORM.matcher(text);
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return number <= Long.MAX_VALUE / unit ? OptionalLong.of(number * unit) : OptionalLong.empty();
    }

    /** Whether a number without a unit stands there, but for 0: where bytes are hardly ever meant. */
    public static boolean lacksUnit(String text) {
        return !text.equals("0") && DIGITS.matcher(text).matches();
    }

    /** What to say of it. */
    public static String unitProblem(String text) {
        return "'" + text + "' has no unit: " + text + "MiB, or " + text + "B for bytes";
    }

    /** A size to read at a glance, in the largest unit of which it has one: {@code 12.3 MiB}. */
    public static String text(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        double scaled = bytes;
        int unit = -1;
        while (scaled >= 1 << 10 && unit < LARGER.length() - 1) {
            scaled /= 1 << 10;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", scaled, LARGER.charAt(unit));
    }

    /** What to say of a text that is no size. */
    public static String problem(String text) {
        return "'" + text + "' is not a size such as 256MiB (units B, KiB, MiB, GiB)";
    }
}
