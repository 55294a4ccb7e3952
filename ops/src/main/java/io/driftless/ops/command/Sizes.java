package io.driftless.ops.command;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as the configuration writes them, {@code 256MiB}; without a unit it is bytes. Pure. */
final class Sizes implements ITypeConverter<Long> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");
    private static final Map<String, Long> UNITS =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    @Override
    public Long convert(String text) {
        Matcher matcher = FORM.matcher(text);
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit != null && Long.parseLong(matcher.group(1)) <= Long.MAX_VALUE / unit) {
            return Long.parseLong(matcher.group(1)) * unit;
        }
        throw new TypeConversionException("'" + text + "' is not a size such as 256MiB (units B, KiB, MiB, GiB)");
    }
}
