package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.log.HardStateStore;
import io.driftless.log.LogClosedException;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import org.junit.jupiter.api.Test;

/** What every {@link HardStateStore} must do. */
public abstract class HardStateStoreContract {

    private static final ServerId N1 = new ServerId("n1");
    private static final ServerId N2 = new ServerId("a-name.that_is-64-characters-long." + "x".repeat(30));

    /**
     * Opens the store of this test. The first time it is empty; later it holds what was left there. The previous one is
     * closed.
     */
    protected abstract HardStateStore open();

    @Test
    void beginsInTermZeroWithoutAVote() {
        try (HardStateStore store = open()) {
            assertEquals(HardState.INITIAL, store.read());
        }
        try (HardStateStore store = open()) {
            assertEquals(HardState.INITIAL, store.read());
        }
    }

    @Test
    void readsWhatWasLastWrittenAlsoWhenOpenedAgain() {
        for (int term = 1; term <= 9; term++) {
            try (HardStateStore store = open()) {
                store.write(new HardState(term, ServerId.NONE));
                assertEquals(new HardState(term, ServerId.NONE), store.read());
                store.write(new HardState(term, term % 2 == 0 ? N1 : N2));
            }
            try (HardStateStore store = open()) {
                assertEquals(new HardState(term, term % 2 == 0 ? N1 : N2), store.read());
            }
        }
    }

    @Test
    void refusesATermThatFallsAndAVoteThatChanges() {
        try (HardStateStore store = open()) {
            store.write(new HardState(5, N1));
            store.write(new HardState(5, N1));
            assertThrows(IllegalArgumentException.class, () -> store.write(new HardState(4, N1)));
            assertThrows(IllegalArgumentException.class, () -> store.write(new HardState(5, N2)));
            assertThrows(IllegalArgumentException.class, () -> store.write(new HardState(5, ServerId.NONE)));
            assertEquals(new HardState(5, N1), store.read());
            store.write(new HardState(Long.MAX_VALUE, N2));
            assertEquals(new HardState(Long.MAX_VALUE, N2), store.read());
        }
    }

    @Test
    void keepsADoubtWithItsTermUntilItIsSettled() {
        try (HardStateStore store = open()) {
            store.doubt(0);
            assertEquals(0, store.doubtTerm(), "nothing was acknowledged in term 0");
            store.write(new HardState(5, N1));
            store.doubt(0);
            store.write(new HardState(6, N2));
            store.doubt(0);
            assertEquals(5, store.doubtTerm());
        }
        try (HardStateStore store = open()) {
            assertEquals(5, store.doubtTerm());
            assertEquals(new HardState(6, N2), store.read());
            store.settle();
            assertEquals(0, store.doubtTerm());
        }
        try (HardStateStore store = open()) {
            assertEquals(0, store.doubtTerm());
            assertEquals(new HardState(6, N2), store.read());
        }
    }

    @Test
    void refusesEverythingOnceClosed() {
        HardStateStore store = open();
        store.close();
        store.close();
        assertThrows(LogClosedException.class, store::read);
        assertThrows(LogClosedException.class, () -> store.write(new HardState(1, N1)));
    }
}
