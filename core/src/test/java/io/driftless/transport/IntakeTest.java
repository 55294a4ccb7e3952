package io.driftless.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Outcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IntakeTest {

    private final Intake intake = new Intake();

    @Test
    void aConnectionMayEndOnceAllIsAnsweredAndTheGoodbyeSaid() {
        assertTrue(intake.take(List.of(new ClientRequest.Status(7))));
        assertFalse(intake.isFinished());
        ClientReply.Goodbye goodbye = intake.stop(Outcome.Why.CLOSED).orElseThrow();
        intake.answered(new ClientReply.StatusAnswered(7, "{}"));
        assertFalse(intake.isFinished(), "the thread that has the goodbye has not said it yet");
        assertEquals(Optional.empty(), intake.stop(Outcome.Why.CLOSED), "there is one goodbye");
        assertFalse(intake.isFinished());
        intake.answered(goodbye);
        assertTrue(intake.isFinished());
    }

    @Test
    void aGoodbyeAnswersNothing() {
        intake.take(List.of(new ClientRequest.Status(1), new ClientRequest.Status(2)));
        intake.answered(intake.stop(Outcome.Why.CLOSED).orElseThrow());
        assertEquals(2, intake.unanswered());
        assertFalse(intake.isFinished());
        assertFalse(intake.take(List.of(new ClientRequest.Status(3))), "nothing is taken behind a goodbye");
    }
}
