package io.driftless.ops.command;

import io.driftless.machine.Consistency;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Consistencies on the command line, in any case. */
final class Consistencies implements ITypeConverter<Consistency> {

    private static final Pattern AT_LEAST = Pattern.compile("at-least:(\\d{1,18})");

    @Override
    public Consistency convert(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        Matcher atLeast = AT_LEAST.matcher(word);
        if (atLeast.matches()) {
            return Consistency.atLeast(Long.parseLong(atLeast.group(1)));
        }
        return switch (word) {
            case "linearizable" -> Consistency.LINEARIZABLE;
            case "stale" -> Consistency.STALE;
            default -> throw new TypeConversionException("'" + text
                    + "' is not linearizable, stale, or at-least:INDEX such as at-least:42");
        };
    }
}
