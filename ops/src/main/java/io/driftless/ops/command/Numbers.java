package io.driftless.ops.command;

import java.math.BigInteger;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers on the command line. */
final class Numbers {

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");

    private Numbers() { }

    /** Reads one of 32 bits. */
    static int parseInt(String text) {
        return (int) parse(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** Reads one of 64 bits. */
    static long parseLong(String text) {
        return parse(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static long parse(String text, long least, long most) {
        if (!WHOLE.matcher(text).matches()) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
        BigInteger number = new BigInteger(text);
        if (number.compareTo(BigInteger.valueOf(least)) < 0 || number.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new TypeConversionException("'" + text + "' is not from " + least + " to " + most);
        }
        return number.longValue();
    }
}
