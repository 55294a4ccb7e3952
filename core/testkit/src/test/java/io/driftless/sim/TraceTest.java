package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceTest {

    /** What Mermaid's grammar of sequence diagrams takes, as far as it is used here. */
    private static final Pattern MERMAID = Pattern.compile("sequenceDiagram|    participant n[1-7]"
            + "|    n[1-7](->>|-->>|-x|--x)n[1-7]: ([^#;]|#\\d+;)+|    Note over n[1-7]: ([^#;]|#\\d+;)+");

    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** A short run. */
    private static final Plan SHORT = Plan.of(5).with(Knob.PHASE_MS, 300).with(Knob.CLIENTS, 1);

    @ParameterizedTest
    @EnumSource(Trace.Format.class)
    void aTraceChangesNothingOfTheRun(Trace.Format format) {
        assertEquals(Simulation.tell(Plan.of(2)).digest(), Trace.of(Plan.of(2), format).result().digest());
    }

    @Test
    void theTextHasALineForEverythingThatHappened() {
        Trace trace = Trace.of(SHORT, Trace.Format.TEXT);
        assertEquals(trace.result().events(), trace.text().lines().count());
        assertTrue(Pattern.compile("\\d+\\.\\d{3} ms  n\\d -> n\\d  PreVote term=1 candidate=n\\d last=\\(0,0\\)")
                .matcher(trace.text()).find(), () -> trace.text().substring(0, 2000));
    }

    @Test
    void everyLineOfJsonIsAnObjectThatNamesItsServersAndMessages() throws IOException {
        Trace trace = Trace.of(SHORT, Trace.Format.JSONL);
        assertEquals(trace.result().events(), trace.text().lines().count());
        long messages = 0;
        for (String line : trace.text().lines().toList()) {
            JsonNode object = MAPPER.readTree(line);
            assertTrue(object.path("at_us").isNumber() && object.path("event").isTextual(), line);
            if (object.path("event").textValue().equals("sent")) {
                messages++;
                assertTrue(object.path("from").textValue().matches("n\\d"), line);
                JsonNode message = object.path("message");
                assertTrue(message.path("text").textValue().startsWith(message.path("type").textValue() + " term="
                        + message.path("term").longValue()), line);
            }
        }
        assertTrue(messages > 100, messages + " messages");
    }

    @Test
    void theDiagramHoldsToTheGrammar() {
        for (long seed = 1; seed <= 3; seed++) {
            for (String line : Trace.of(Plan.of(seed), Trace.Format.MERMAID).text().lines().toList()) {
                assertTrue(MERMAID.matcher(line).matches(), line);
            }
        }
    }

    @Test
    void aMessageIsDrawnWhereItArrivesAndALostOneAsLost() {
        SequenceDiagram diagram = new SequenceDiagram(2);
        Message arrives = new Message.PreVote(1, new ServerId("n1"), 0, 0);
        Message again = new Message.PreVote(1, new ServerId("n1"), 0, 0);
        Message reply = new Message.PreVoteReply(0, 1, true);
        diagram.saw(0, new Happening.Sent(0, 1, Lane.CONTROL, arrives));
        diagram.saw(1, new Happening.Sent(0, 1, Lane.CONTROL, again));
        diagram.note(1, "a; b # end");
        diagram.saw(2, new Happening.Received(1, 0, new UUID(1, 1), 1, new UUID(2, 2), arrives));
        diagram.saw(3, new Happening.Sent(1, 0, Lane.CONTROL, reply));
        assertFalse(diagram.text().contains("PreVoteReply"), "what is on its way is not drawn");
        diagram.saw(4, new Happening.Ended(0, "killed"));
        assertEquals("""
                sequenceDiagram
                    participant n1
                    participant n2
                    n1-xn2: PreVote term=1 candidate=n1 last=(0,0)
                    Note over n2: a#59; b #35; end
                    n1->>n2: PreVote term=1 candidate=n1 last=(0,0)
                    n2--xn1: PreVoteReply term=0 requestTerm=1 granted=true
                    Note over n1: killed
                """, diagram.text());
    }
}
