package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.machine.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {

    @Test
    void anAddressStandsOnceBeforeWhatIsWrongThere() {
        Findings findings = new Findings(List.of("a:1", "b:2"));
        findings.failed("a:1", new IOException("a:1 said nothing"));
        findings.failed("b:2", new IOException("Connection refused"));
        assertEquals(new Outcome.Rejected(Outcome.Reason.UNREACHABLE, "a:1: said nothing; b:2: Connection refused",
                Duration.ZERO), findings.rejection());
    }
}
