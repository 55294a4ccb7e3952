package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Rejected;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Answered;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RaftClient} of a healthy cluster must do. The cluster's state machine takes any bytes, and answers
 * each command with the command itself, and each query with the query itself.
 */
public abstract class RaftClientContract {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** For subclasses. */
    protected RaftClientContract() { }

    /** Makes a new client for each test, which the test closes. */
    protected abstract RaftClient client() throws Exception;

    @Test
    void executesInTheOrderOfTheCalls() throws Exception {
        try (RaftClient client = client()) {
            long last = 0;
            for (int i = 0; i < 20; i++) {
                Committed committed = committed(client.execute(bytes("c" + i), LONG));
                assertEquals("c" + i, committed.result().text());
                assertTrue(committed.index() > last, committed.index() + " is not above " + last);
                last = committed.index();
            }
        }
    }

    @Test
    void takesACommandWithoutBytes() throws Exception {
        try (RaftClient client = client()) {
            assertEquals("", committed(client.execute(new byte[0], LONG)).result().text());
        }
    }

    @Test
    void answersEachOfManyCommandsInFlightWithItsOwnResult() throws Exception {
        try (RaftClient client = client()) {
            List<CompletableFuture<Outcome>> futures = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                futures.add(client.submit(bytes("c" + i), LONG));
            }
            Set<Long> indexes = new TreeSet<>();
            for (int i = 0; i < 500; i++) {
                Committed committed = committed(futures.get(i).join());
                assertEquals("c" + i, committed.result().text());
                indexes.add(committed.index());
            }
            assertEquals(500, indexes.size());
        }
    }

    @Test
    void isSharedByThreads() throws Exception {
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        try (RaftClient client = client()) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String name = "t" + t;
                threads.add((t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> {
                    for (int i = 0; i < 20; i++) {
                        Outcome outcome = client.execute(bytes(name + "." + i), LONG);
                        if (!(outcome instanceof Committed committed && committed.result().text()
                                .equals(name + "." + i))) {
                            wrong.add(name + "." + i + ": " + outcome);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    @Test
    void anInterruptedCallerSendsNothingAndStaysInterrupted() throws Exception {
        try (RaftClient client = client()) {
            Thread.currentThread().interrupt();
            Outcome outcome = client.execute(bytes("x"), LONG);
            assertTrue(Thread.interrupted());
            assertEquals(Reason.INTERRUPTED, assertInstanceOf(Rejected.class, outcome, outcome::toString).reason());
            committed(client.execute(bytes("y"), LONG));
        }
    }

    @Test
    void whatHangsOnAFutureMayUseTheClient() throws Exception {
        try (RaftClient client = client()) {
            assertEquals("y", committed(client.submit(bytes("x"), LONG)
                    .thenApply(first -> client.execute(bytes("y"), LONG)).join()).result().text());
        }
    }

    @Test
    void afterCloseEverythingIsRejected() throws Exception {
        RaftClient client = client();
        committed(client.execute(bytes("x"), LONG));
        client.close();
        client.close();
        Outcome executed = client.execute(bytes("y"), LONG);
        assertEquals(Reason.CLOSED, assertInstanceOf(Rejected.class, executed, executed::toString).reason());
        CompletableFuture<Outcome> submitted = client.submit(bytes("y"), LONG);
        assertEquals(Reason.CLOSED, assertInstanceOf(Rejected.class, submitted.join()).reason());
    }

    @Test
    void closeSettlesWhatIsPending() throws Exception {
        RaftClient client = client();
        List<CompletableFuture<Outcome>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            futures.add(client.submit(bytes("c" + i), LONG));
        }
        client.close();
        for (CompletableFuture<Outcome> future : futures) {
            Outcome outcome = future.join();
            assertFalse(outcome instanceof Rejected rejected && rejected.reason() != Reason.CLOSED, outcome::toString);
        }
    }

    @Test
    void answersQueriesOfEachKindBeforeAnyCommand() throws Exception {
        try (RaftClient client = client()) {
            assertEquals("x", answered(client.query(bytes("x"), Consistency.LINEARIZABLE, LONG)).result().text());
            assertEquals("", answered(client.query(new byte[0], Consistency.STALE, LONG)).result().text());
            assertEquals("y", answered(client.query(bytes("y"), Consistency.atLeast(0), LONG)).result().text());
        }
    }

    @Test
    void aQueryShowsWhatWasCommittedBefore() throws Exception {
        try (RaftClient client = client()) {
            for (int i = 0; i < 20; i++) {
                long index = committed(client.execute(bytes("c" + i), LONG)).index();
                Consistency consistency = i % 2 == 0 ? Consistency.LINEARIZABLE : Consistency.atLeast(index);
                Answered answer = answered(client.query(bytes("q"), consistency, LONG));
                assertTrue(answer.index() >= index, answer + " to " + consistency + " is older than " + index);
            }
        }
    }

    @Test
    void queriesOfManyThreadsAreEachAnsweredWithTheirOwnResult() throws Exception {
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        try (RaftClient client = client()) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 100; t++) {
                String name = "t" + t;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 5; i++) {
                        QueryOutcome outcome = client.query(bytes(name + "." + i), Consistency.LINEARIZABLE, LONG);
                        if (!(outcome instanceof Answered answer && answer.result().text().equals(name + "." + i))) {
                            wrong.add(name + "." + i + ": " + outcome);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    @Test
    void aQueryWithoutTimeFails() throws Exception {
        try (RaftClient client = client()) {
            assertFailed(QueryOutcome.Reason.NO_TIME, client.query(bytes("x"), Consistency.STALE, Duration.ZERO));
        }
    }

    @Test
    void anInterruptedCallersQueryFailsAndItStaysInterrupted() throws Exception {
        try (RaftClient client = client()) {
            Thread.currentThread().interrupt();
            QueryOutcome outcome = client.query(bytes("x"), Consistency.LINEARIZABLE, LONG);
            assertTrue(Thread.interrupted());
            assertFailed(QueryOutcome.Reason.INTERRUPTED, outcome);
            answered(client.query(bytes("y"), Consistency.LINEARIZABLE, LONG));
        }
    }

    @Test
    void afterCloseQueriesFail() throws Exception {
        RaftClient client = client();
        answered(client.query(bytes("x"), Consistency.LINEARIZABLE, LONG));
        client.close();
        assertFailed(QueryOutcome.Reason.CLOSED, client.query(bytes("y"), Consistency.LINEARIZABLE, LONG));
    }

    private static Answered answered(QueryOutcome outcome) {
        return assertInstanceOf(Answered.class, outcome, outcome::toString);
    }

    private static void assertFailed(QueryOutcome.Reason reason, QueryOutcome outcome) {
        assertEquals(reason, assertInstanceOf(QueryOutcome.Failed.class, outcome, outcome::toString).reason());
    }

    private static Committed committed(Outcome outcome) {
        return assertInstanceOf(Committed.class, outcome, outcome::toString);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
