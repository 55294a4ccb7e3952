package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {

    private static final Outcome OUTCOME = new Outcome.Unknown(Outcome.Why.TIMEOUT);

    @Test
    void whoWaitsIsToldOnceTheRoomIsFree() {
        List<Call> ended = new ArrayList<>();
        Call call = new Call(Bytes.EMPTY, 0, Thread.currentThread(), done -> {
            assertTrue(done.isDone());
            assertNull(done.told(), "its room is not free yet, and the next call would be refused");
            ended.add(done);
        });
        assertNull(call.told());
        call.settle(OUTCOME);
        assertEquals(List.of(call), ended);
        assertEquals(OUTCOME, call.told());
    }

    /** The next command must not follow this one to a server that is silent. */
    @Test
    void whoWaitsIsToldOnceWhatIsThoughtOfTheConnectionIsKnown() {
        List<Call.Attempt> suspected = new ArrayList<>();
        Call call = new Call(Bytes.EMPTY, 0, Thread.currentThread(), done -> assertEquals(1, suspected.size()));
        Call.Attempt attempt = new Call.Attempt(call, new Link("a:1", null), 1, 0);
        assertTrue(call.begin(attempt));
        call.giveUp(Call.Rejection.of(Outcome.Reason.UNREACHABLE, ""), Outcome.Why.TIMEOUT, outstanding -> {
            assertNull(call.told());
            suspected.add(outstanding);
        });
        assertEquals(List.of(attempt), suspected);
        assertEquals(OUTCOME, call.told());
    }
}
