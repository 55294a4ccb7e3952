package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is left when a transport has closed: nobody. */
@Timeout(60)
class CrewTest {

    private static final int ROUNDS = 4_000;

    /** A thread that has done its work still runs for a moment, and each of many rounds may meet it just then. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterTheDismissalNoThreadIsAlive(boolean platform) throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            BlockingQueue<Thread> started = new LinkedBlockingQueue<>();
            BlockingQueue<Throwable> problems = new LinkedBlockingQueue<>();
            Crew crew = new Crew(problems::add);
            assertTrue(crew.start("driftless-test", platform, () -> started.add(Thread.currentThread())));
            Thread thread = started.poll(30, TimeUnit.SECONDS);
            assertNotNull(thread);
            crew.dismiss();
            assertFalse(thread.isAlive(), "in round " + round);
            assertFalse(crew.start("driftless-test", platform, () -> { }));
            assertEquals(0, problems.size(), problems::toString);
        }
    }
}
