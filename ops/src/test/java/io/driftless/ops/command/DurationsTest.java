package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

    @Test
    void theUnitsAreThoseOfConfigurationFiles() {
        assertEquals(Duration.ofMillis(250), Durations.parse("250ms"));
        assertEquals(Duration.ofSeconds(5), Durations.parse("5s"));
        assertEquals(Duration.ofMinutes(2), Durations.parse("2min"));
        assertEquals(Duration.ofMinutes(2), Durations.parse("2m"));
        assertEquals(Duration.ofDays(365), Durations.parse("8760h"));
    }

    @Test
    void whatIsNoneIsRefused() {
        for (String none : List.of("", "5", "0s", "-1s", "5 s", "2d", "5S")) {
            assertEquals("'" + none + "' is not a duration such as 250ms or 5s (units ms, s, min, h)",
                    assertThrows(TypeConversionException.class, () -> Durations.parse(none)).getMessage());
        }
        assertEquals("'8761h' is above 8760h",
                assertThrows(TypeConversionException.class, () -> Durations.parse("8761h")).getMessage());
    }
}
