package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.UnrecoverableError;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link UnrecoverableErrorHandler} must do: it decides on any cause, soon, on a thread that it does not
 * know, and ends nothing itself.
 */
public abstract class UnrecoverableErrorHandlerContract {

    /** For subclasses. */
    protected UnrecoverableErrorHandlerContract() { }

    /** Makes a new handler for each test. */
    protected abstract UnrecoverableErrorHandler handler() throws Exception;

    @ParameterizedTest
    @EnumSource(EndCause.class)
    void decidesOnEveryCause(EndCause cause) throws Exception {
        UnrecoverableErrorHandler handler = handler();
        UnrecoverableError error = new UnrecoverableError("n1", cause,
                ErrorEntry.of("node", "what happened", new IllegalStateException("why")));
        AtomicReference<Action> decision = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().uncaughtExceptionHandler((t, what) -> thrown.set(what))
                .start(() -> decision.set(handler.decide(error)));
        assertTrue(thread.join(Duration.ofSeconds(30)), "decide has not returned");
        assertEquals(null, thrown.get());
        assertNotNull(decision.get());
        assertFalse(thread.isInterrupted());
    }
}
