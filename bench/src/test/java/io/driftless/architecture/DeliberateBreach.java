package io.driftless.architecture;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Breaks the rules over compiled classes, to see them fail: a library in a signature, a clock, an atomic, a locale. */
public class DeliberateBreach {

    private final AtomicLong count = new AtomicLong();

    /** Names a library's type as a type argument of what it returns. */
    public List<DirectBuffer> payloads() {
        count.set(System.nanoTime());
        return List.of();
    }

    String name(long number) {
        return String.format(Locale.ROOT, "%d", number) + "%d".formatted(number);
    }

    List<UnsafeBuffer> hidden() {
        return List.of();
    }
}
