package io.driftless.ops.command;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Durations on the command line, with the units of configuration files: {@code 250ms}, {@code 5s}, {@code 2min}. */
final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([a-z]+)");
    private static final Map<String, Duration> UNITS = Map.of("ms", Duration.ofMillis(1), "s", Duration.ofSeconds(1),
            "min", Duration.ofMinutes(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1));
    /** So that no sum with a clock overflows. */
    private static final Duration MOST = Duration.ofDays(365);

    private Durations() { }

    /** Reads one, above zero. */
    static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        Duration unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit == null || Long.parseLong(matcher.group(1)) == 0) {
            throw new TypeConversionException("'" + text
                    + "' is not a duration such as 250ms or 5s (units ms, s, min, h)");
        }
        long number = Long.parseLong(matcher.group(1));
        if (number > MOST.dividedBy(unit)) {
            throw new TypeConversionException("'" + text + "' is above " + MOST.toHours() + "h");
        }
        return unit.multipliedBy(number);
    }
}
