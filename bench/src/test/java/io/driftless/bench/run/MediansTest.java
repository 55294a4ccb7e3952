package io.driftless.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediansTest {

    @Test
    void takesTheMiddleOneOfAnOddNumber() {
        assertEquals(3, Medians.median(100, 1, 3));
        assertEquals(7, Medians.median(7));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertEquals(2.5, Medians.median(4, 1, 100, 1));
    }

    @Test
    void leavesTheValuesAsTheyAre() {
        double[] values = {3, 1, 2};
        Medians.median(values);
        assertEquals(3, values[0]);
    }

    @Test
    void takesOnePartOfEachValue() {
        assertEquals(2, Medians.median(List.of("a", "bb", "cccc"), String::length));
    }

    @Test
    void refusesToMakeUpAMedianOfNothing() {
        assertThrows(IllegalArgumentException.class, Medians::median);
    }
}
