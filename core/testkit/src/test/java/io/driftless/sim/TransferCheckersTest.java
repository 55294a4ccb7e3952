package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.TransferOutcome;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What watches hand-overs of leadership, and one hand-over from request to answer. */
class TransferCheckersTest {

    private static final UUID RUN = new UUID(1, 1);
    /** Three voters. */
    private static final Plan PLAN = Plan.of(1, 3).with(Knob.VOTERS, 7).with(Knob.OUTGOING, 0).with(Knob.LEARNERS, 0)
            .with(Knob.FORMED, 1).with(Knob.PHASE_MS, 3_000);

    private final CandidaciesAreAsked candidacies = new CandidaciesAreAsked(new Universe(PLAN, new Watch(false)));
    private final EveryoneIsAnswered answers = new EveryoneIsAnswered();

    private void told(long term) {
        candidacies.saw(new Happening.Received(1, 0, RUN, 1, RUN, new Message.TimeoutNow(term, ServerId.NONE)));
    }

    private void campaigns(long term, boolean isTransfer) {
        candidacies.saw(new Happening.Sent(1, 2, Lane.CONTROL, new Message.RequestVote(term, ServerId.NONE, 0, 0,
                isTransfer)));
    }

    @Test
    void whoWasToldInTheTermBeforeCampaigns() {
        told(4);
        campaigns(5, true);
        assertThrows(Checker.Broken.class, () -> campaigns(6, true));
        assertThrows(Checker.Broken.class, () -> campaigns(5, false));
    }

    @Test
    void aRestartForgetsWhatWasTold() {
        told(4);
        candidacies.saw(new Happening.Started(1, RUN, 2));
        assertThrows(Checker.Broken.class, () -> campaigns(5, true));
    }

    @Test
    void whoHasAskedCampaignsAlsoWhenItHasAskedAgainSince() {
        for (long term = 5; term <= 6; term++) {
            candidacies.saw(new Happening.Sent(1, 2, Lane.CONTROL, new Message.PreVote(term, ServerId.NONE, 0, 0)));
        }
        campaigns(5, false);
        assertThrows(Checker.Broken.class, () -> campaigns(5, true));
        assertThrows(Checker.Broken.class, () -> campaigns(7, false));
    }

    @Test
    void whoeverAsksIsAnsweredUnlessTheServerEnds() {
        answers.saw(new Happening.TransferAsked(0, 1, ServerId.NONE));
        answers.saw(new Happening.TransferAsked(1, 2, ServerId.NONE));
        assertTrue(answers.left().startsWith("TransferAsked"), answers.left());
        answers.saw(new Happening.TransferTold(0, 1, new TransferOutcome.Transferred("n2")));
        answers.saw(new Happening.Ended(1, "killed"));
        assertEquals("", answers.left());
    }

    @Test
    void aLeaderThatIsAskedHandsOver() {
        Fault asked = new Fault(2_500_000, Fault.Kind.TRANSFER, 0, 0, 500, 2);
        SimulationResult result = Simulation.run(PLAN.withFaults(List.of(asked)));
        assertEquals(Optional.empty(), result.violation());
        assertEquals(1, result.struck().get("TRANSFER"));
        assertTrue(result.marks().containsAll(List.of("TRANSFER_ASKED", "TIMEOUT_NOW_SENT", "TIMEOUT_NOW_OBEYED",
                "LEADERSHIP_MOVED")), result.marks().toString());
    }
}
