package io.driftless.bench.run;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle of a few numbers, which one disturbed round does not move. Pure. */
public final class Medians {

    private Medians() { }

    /** The median of {@code values}: the middle one, or the mean of the two in the middle. Not empty. */
    public static double median(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median of one part of each of {@code values}. Not empty. */
    public static <T> double median(List<T> values, ToDoubleFunction<T> part) {
        return median(values.stream().mapToDouble(part).toArray());
    }
}
