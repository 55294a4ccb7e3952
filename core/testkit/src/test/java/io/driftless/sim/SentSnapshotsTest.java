package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A run in which a fresh server is brought up to date by a snapshot, and what is told of it. */
class SentSnapshotsTest {

    private static final Set<Coverage.Mark> SHOWN = EnumSet.of(Coverage.Mark.LOG_COMPACTED,
            Coverage.Mark.SNAPSHOT_OFFERED, Coverage.Mark.SNAPSHOT_RECEIVED, Coverage.Mark.TRANSFER_RESUMED,
            Coverage.Mark.LOG_RESET, Coverage.Mark.RESTORED_WHILE_RUNNING);

    private static Plan plan() throws IOException {
        return Plan.parse(Files.readString(Path.of("src/test/resources/plans/"
                + "fresh-peer-of-a-compacted-leader.plan")));
    }

    private static void requireLine(String pattern, String text) {
        assertTrue(Pattern.compile(pattern).matcher(text).find(), pattern);
    }

    @Test
    void aFreshPeerOfACompactedLeaderIsSentASnapshot() throws IOException {
        SimulationResult result = Simulation.run(plan());
        assertEquals(Optional.empty(), result.violation());
        Set<String> shown = SHOWN.stream().map(Enum::name).collect(Collectors.toSet());
        shown.removeAll(result.marks());
        assertEquals(Set.of(), shown, "not reached");
    }

    @Test
    void whatBecomesOfItIsToldInEveryForm() throws IOException {
        String text = Trace.of(plan(), Trace.Format.TEXT).text();
        requireLine("n2 forgets its log up to \\d+\n", text);
        requireLine("n3: a snapshot of index \\d+, term \\d+, is received\n", text);
        requireLine("n3 resets its log to \\(\\d+,\\d+\\)\n", text);
        requireLine("fault: bulk cut n3 n1 for 1 ms\n", text);
        String json = Trace.of(plan(), Trace.Format.JSONL).text();
        requireLine("\"event\":\"log_compacted\",\"node\":\"n2\",\"up_to_index\":\\d+}", json);
        requireLine("\"event\":\"log_reset\",\"node\":\"n3\",\"index\":\\d+,\"term\":\\d+}", json);
        requireLine("\"step\":\"received\"", json);
        String diagram = Trace.of(plan(), Trace.Format.MERMAID).text();
        requireLine("Note over n3: resets its log to \\(\\d+,\\d+\\)\n", diagram);
        requireLine("n2-xn3: InstallSnapshot ", diagram);
    }

    @Test
    void plansFromBeforeCompactNoLog() {
        String text = Plan.of(777_030_004).text();
        assertTrue(Plan.parse(text).knob(Knob.RETAIN_ENTRIES) < Plan.ALL, text);
        String old = text.lines().filter(line -> !line.matches("(RETAIN|SEGMENT|CHUNK|WINDOW_CHUNKS|BULK)\\S* \\d+"))
                .collect(Collectors.joining("\n"));
        assertTrue(Plan.parse(old).takesSnapshots() && Plan.parse(old).knob(Knob.RETAIN_ENTRIES) == Plan.ALL, old);
    }
}
