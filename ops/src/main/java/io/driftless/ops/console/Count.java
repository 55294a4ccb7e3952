package io.driftless.ops.console;

import java.util.Locale;

/** How many there are of something, in words: {@code 1 line}, {@code 4,248 lines}. Pure. */
public final class Count {

    private Count() { }

    /** With a noun whose plural only adds an s. */
    public static String of(long count, String noun) {
        return of(count, noun, noun + "s");
    }

    /** With a noun in both numbers. */
    public static String of(long count, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
    }
}
