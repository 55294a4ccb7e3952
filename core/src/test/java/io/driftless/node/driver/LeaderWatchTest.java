package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.ServerId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a leader hears of what the run knows that goes on, and of no other. */
@Timeout(120)
class LeaderWatchTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int ROUNDS = 20_000;
    private static final ServerId LEADER = new ServerId("n1");

    private final LeaderWatch watch = new LeaderWatch();

    private boolean isKnown() throws InterruptedException {
        return watch.await(Duration.ZERO);
    }

    @Test
    void whatARunTellsWhenItIsOverChangesNothing() throws Exception {
        LeaderWatch.Run run = watch.begin();
        run.changed(LEADER);
        assertTrue(isKnown());
        run.over();
        assertFalse(isKnown());
        // By a thread that was late in the core.
        run.changed(LEADER);
        assertFalse(isKnown());
    }

    @Test
    void aRunThatAnotherHasFollowedSaysNothingOfItsLeader() throws Exception {
        LeaderWatch.Run first = watch.begin();
        first.changed(LEADER);
        LeaderWatch.Run second = watch.begin();
        assertFalse(isKnown());
        second.changed(LEADER);
        first.changed(ServerId.NONE);
        first.over();
        assertTrue(isKnown());
        second.changed(ServerId.NONE);
        first.changed(LEADER);
        assertFalse(isKnown());
    }

    @Test
    void aLeaderThatIsGoneTheNextMomentIsNoReasonToGiveUpEarly() throws Exception {
        LeaderWatch.Run run = watch.begin();
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> changing = CompletableFuture.runAsync(() -> {
            while (!isOver.get()) {
                run.changed(LEADER);
                run.changed(ServerId.NONE);
            }
        });
        try {
            for (int round = 0; round < ROUNDS; round++) {
                assertTrue(watch.await(LONG), "long before its time is over, in round " + round);
            }
        } finally {
            isOver.set(true);
        }
        changing.join();
    }
}
