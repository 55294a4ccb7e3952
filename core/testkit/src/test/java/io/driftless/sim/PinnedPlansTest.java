package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The schedules that have found something once find nothing any more; {@code driftless sim --plan} tells one. */
class PinnedPlansTest {

    private static final Path PLANS = Path.of("src/test/resources/plans");

    @TestFactory
    Stream<DynamicTest> noPinnedPlanBreaksAPromise() throws IOException {
        List<Path> plans;
        try (Stream<Path> files = Files.list(PLANS)) {
            plans = files.sorted().toList();
        }
        assertTrue(plans.size() >= 3, plans.toString());
        return plans.stream().map(plan -> dynamicTest(plan.getFileName().toString(), () -> assertEquals(
                Optional.empty(), Simulation.run(Plan.parse(Files.readString(plan))).violation())));
    }
}
