package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What waits for a write of term and vote that hangs is bounded. */
class HeldBackTest {

    @Test
    void answersThatWaitForAHangingWriteAreBounded() {
        HardStateWrites writes = new HardStateWrites(HardState.INITIAL);
        writes.request(1, new HardState(1, ServerId.NONE), 0);
        Effects effects = new Effects();
        Effect.Send answer = new Effect.Send(new ServerId("n2"), Lane.CONTROL,
                new Message.RequestVoteReply(1, 1, false));
        for (int i = 0; i < 100_000; i++) {
            writes.sendDurably(answer, effects);
        }
        writes.persisted(1, effects);
        assertEquals(HardStateWrites.HELD_MAX, effects.take().size());
    }
}
