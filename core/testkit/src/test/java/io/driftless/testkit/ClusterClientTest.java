package io.driftless.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Rejected;
import io.driftless.machine.Outcome.Unknown;
import io.driftless.machine.Outcome.Why;
import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ClusterClientTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String ALL = "a:1,b:2,c:3";

    private final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    @Test
    void makesNoConnectionBeforeItIsNeeded() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            assertEquals(0, servers.at("a:1").connects());
            assertCommitted("x", client.execute(bytes("x"), LONG));
            assertEquals(1, servers.at("a:1").connects());
        }
    }

    @Test
    void executesManyCommandsOverOneConnection() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            for (int i = 0; i < 100; i++) {
                assertCommitted("c" + i, client.execute(bytes("c" + i), LONG));
            }
            assertEquals(1, servers.at("a:1").connects());
            assertEquals(100, servers.at("a:1").executed().size());
        }
    }

    @Test
    void followsALeaderAddressThatIsNotConfigured() {
        servers.at("a:1").follows("z:9");
        servers.at("z:9").leads();
        try (RaftClient client = client("a:1")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            assertCommitted("y", client.execute(bytes("y"), LONG));
            assertEquals(1, servers.at("a:1").received());
        }
    }

    @Test
    void findsTheLeaderAlthoughAllHintsAreWrong() {
        servers.at("a:1").follows("nowhere:1");
        servers.at("b:2").follows("a:1");
        servers.at("c:3").leads();
        try (RaftClient client = client(ALL)) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
        }
    }

    @Test
    void findsTheLeaderBehindDeadAndHangingAddresses() {
        // For longer than the command has time.
        servers.at("b:2").hangsForGood();
        servers.at("c:3").leads();
        try (RaftClient client = client(ALL)) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
        } finally {
            servers.at("b:2").goesOn();
        }
    }

    @Test
    void backsOffWhileNobodyLeads() {
        servers.at("a:1").follows("b:2");
        servers.at("b:2").follows("a:1");
        try (RaftClient client = client("a:1,b:2")) {
            int[] asked = {0};
            Outcome outcome = Deadlines.until(told -> told instanceof Rejected && asked[0] >= 4, () -> {
                int before = servers.at("a:1").received() + servers.at("b:2").received();
                Outcome told = client.execute(bytes("x"), Duration.ofMillis(700));
                asked[0] = servers.at("a:1").received() + servers.at("b:2").received() - before;
                return told;
            });
            assertEquals(Reason.NO_LEADER, assertInstanceOf(Rejected.class, outcome).reason());
            assertTrue(asked[0] >= 4 && asked[0] < 40, "asked " + asked[0] + " times");
        }
    }

    @Test
    void goesOnToTheNewLeader() {
        servers.at("a:1").leads();
        servers.at("b:2").follows("a:1");
        try (RaftClient client = client(ALL)) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            servers.at("a:1").dies();
            servers.at("b:2").leads();
            assertCommitted("y", client.execute(bytes("y"), LONG));
            servers.at("b:2").follows("c:3");
            servers.at("c:3").leads();
            assertCommitted("z", client.execute(bytes("z"), LONG));
        }
    }

    @Test
    void neverSendsAgainWhatWasSentOnAConnectionThatBroke() {
        servers.at("a:1").breaksOn();
        servers.at("b:2").breaksOn();
        try (RaftClient client = client("a:1,b:2")) {
            assertEquals(new Unknown(Why.DISCONNECTED), client.execute(bytes("x"), LONG));
            assertEquals(1, servers.at("a:1").received() + servers.at("b:2").received());
        }
    }

    @Test
    void sendsAgainWhatWasNotSent() {
        servers.at("a:1").leads().refusesToSend(true);
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            assertEquals(0, servers.at("a:1").received());
        }
    }

    /** Nothing would be sent on that connection any more, while it still counts as the one to the leader. */
    @Test
    void aSenderThatThrowsEndsItsConnection() {
        servers.at("a:1").swallows().failsToFlush(true);
        try (RaftClient client = client("a:1")) {
            assertEquals(new Unknown(Why.DISCONNECTED), client.execute(bytes("x"), LONG));
            servers.at("a:1").leads().failsToFlush(false);
            assertCommitted("y", client.execute(bytes("y"), LONG));
            assertEquals(2, servers.at("a:1").connects());
        }
    }

    @Test
    void onlyTheSenderDecidesWhatABreakWhileSendingMeans() {
        CountDownLatch room = new CountDownLatch(1);
        servers.at("a:1").leads().sendsBlockOn(room);
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            CompletableFuture<Outcome> future = client.submit(bytes("x"), LONG);
            while (servers.at("a:1").sends() == 0) {
                Thread.onSpinWait();
            }
            servers.at("a:1").dies();
            while (servers.at("a:1").closes() == 0) {
                Thread.onSpinWait();
            }
            room.countDown();
            assertCommitted("x", future.join());
            assertEquals(List.of("x"), servers.at("b:2").executed());
        }
    }

    @Test
    void rejectsWhatCouldNeverBeSent() {
        servers.at("a:1").leads().refusesToSend(true);
        try (RaftClient client = client("a:1")) {
            // Where the computer stands still until the deadline, nothing has been tried.
            Deadlines.assertRejected(Reason.UNREACHABLE, List.of(), () -> client.execute(bytes("x"), SHORT));
        }
    }

    @Test
    void aDeadlineWithAnAttemptOutstandingIsUnknown() {
        servers.at("a:1").swallows();
        try (RaftClient client = client("a:1")) {
            Deadlines.assertUnknownOnceSent(servers.at("a:1"), command -> client.execute(command, SHORT));
            Deadlines.assertUnknownOnceSent(servers.at("a:1"), command -> client.submit(command, SHORT).join());
        }
        assertTrue(servers.at("a:1").received() <= 2, "what was rejected was never sent");
    }

    @Test
    void aDeadlineWithoutALeaderIsRejected() {
        servers.at("a:1").follows("");
        servers.at("b:2").script((connection, request) -> connection.reject(request, Reason.CLOSED, ""));
        try (RaftClient client = client("a:1,b:2,c:3")) {
            Deadlines.assertRejected(Reason.NO_LEADER, List.of("a:1: not the leader", "c:3: connection refused"), () ->
                    client.execute(bytes("x"), SHORT));
            Deadlines.assertRejected(Reason.NO_LEADER, List.of(), () -> client.submit(bytes("x"), SHORT).join());
        }
    }

    @Test
    void aDeadlineWithoutAnyServerIsRejectedAsUnreachable() {
        servers.at("b:2").hangs();
        try (RaftClient client = client("a:1,b:2")) {
            Deadlines.assertNeverSent(servers.at("b:2"), Reason.UNREACHABLE,
                    List.of("a:1: connection refused; b:2: no answer yet"), command -> client.execute(command, SHORT));
        }
    }

    @Test
    void saysAtOnceThatNobodyIsADriftlessNode() {
        servers.at("a:1").isNoDriftless();
        servers.at("b:2").isNoDriftless();
        try (RaftClient client = client("a:1,b:2")) {
            Rejected rejected = assertInstanceOf(Rejected.class, client.execute(bytes("x"), LONG));
            assertEquals(Reason.NOT_DRIFTLESS, rejected.reason());
            assertTrue(rejected.detail().contains("a:1: not a Driftless node"), rejected.detail());
            assertEquals(Reason.NOT_DRIFTLESS, assertInstanceOf(Rejected.class, client.submit(bytes("x"), LONG).join())
                    .reason());
        }
    }

    @Test
    void findsTheLeaderBesideAStranger() {
        servers.at("a:1").isNoDriftless();
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
        }
    }

    @Test
    void anInterruptBeforeTheCallSendsNothing() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            Thread.currentThread().interrupt();
            Outcome outcome = client.execute(bytes("x"), LONG);
            assertTrue(Thread.interrupted());
            assertEquals(Reason.INTERRUPTED, assertInstanceOf(Rejected.class, outcome).reason());
            assertCommitted("y", client.execute(bytes("y"), LONG));
            assertEquals(List.of("y"), servers.at("a:1").executed());
        }
    }

    @Test
    void anInterruptWhileNothingIsSentIsRejected() throws InterruptedException {
        servers.at("a:1").hangs();
        try (RaftClient client = client("a:1")) {
            InterruptedCall call = new InterruptedCall(client);
            while (servers.at("a:1").connects() == 0) {
                Thread.onSpinWait();
            }
            assertEquals(Reason.INTERRUPTED, assertInstanceOf(Rejected.class, call.interrupt()).reason());
        }
    }

    @Test
    void whatWasRejectedWhileItWaitedIsNeverSentLater() throws InterruptedException {
        try (RaftClient client = client("a:1")) {
            CompletableFuture<Outcome> first = client.submit(bytes("first"), LONG);
            InterruptedCall call = new InterruptedCall(client);
            call.awaitParked();
            assertInstanceOf(Rejected.class, call.interrupt());
            servers.at("a:1").leads();
            assertCommitted("first", first.join());
            assertCommitted("last", client.submit(bytes("last"), LONG).join());
        }
        servers.close();
        assertEquals(List.of("first", "last"), servers.at("a:1").executed());
    }

    @Test
    void anInterruptWhileAnAttemptIsOutstandingIsUnknown() throws InterruptedException {
        servers.at("a:1").swallows();
        try (RaftClient client = client("a:1")) {
            InterruptedCall call = new InterruptedCall(client);
            servers.at("a:1").awaitArrival();
            assertEquals(new Unknown(Why.INTERRUPTED), call.interrupt());
        }
    }

    @Test
    void closeTellsTheTruthAboutWhatIsPending() throws InterruptedException {
        servers.at("a:1").swallows();
        servers.at("b:2").hangs();
        RaftClient sent = client("a:1");
        CompletableFuture<Outcome> outstanding = sent.submit(bytes("x"), LONG);
        servers.at("a:1").awaitArrival();
        sent.close();
        sent.close();
        assertEquals(new Unknown(Why.CLOSED), outstanding.join());
        RaftClient unsent = client("b:2");
        CompletableFuture<Outcome> waiting = unsent.submit(bytes("x"), LONG);
        unsent.close();
        assertEquals(Reason.CLOSED, assertInstanceOf(Rejected.class, waiting.join()).reason());
        assertEquals(Reason.CLOSED, assertInstanceOf(Rejected.class, unsent.execute(bytes("x"), LONG)).reason());
        assertEquals(Reason.CLOSED, assertInstanceOf(Rejected.class, unsent.submit(bytes("x"), LONG).join()).reason());
    }

    @Test
    void oneCommandTooManyIsRejectedAsOverloaded() throws InterruptedException {
        servers.at("a:1").swallows();
        try (RaftClient client = RaftClient.connect(servers.plainConfig("a:1").inFlightMax(3).build())) {
            List<CompletableFuture<Outcome>> outstanding = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                outstanding.add(client.submit(bytes("x"), LONG));
            }
            Rejected rejected = assertInstanceOf(Rejected.class, client.execute(bytes("y"), LONG));
            assertEquals(Reason.OVERLOADED, rejected.reason());
            assertTrue(rejected.retryAfter().isPositive(), "when it makes sense to try again");
            assertEquals(Reason.OVERLOADED, assertInstanceOf(Rejected.class, client.submit(bytes("y"), LONG).join())
                    .reason());
            assertFalse(outstanding.getFirst().isDone());
        }
        servers.at("b:2").leads();
        try (RaftClient client = RaftClient.connect(servers.plainConfig("b:2").inFlightMax(1).build())) {
            for (int i = 0; i < 100; i++) {
                assertCommitted("z", client.execute(bytes("z"), LONG));
            }
        }
    }

    @Test
    void commandsThatAreTooLargeTogetherAreRejectedAsOverloadedBeforeTheirConnectionBreaks() {
        servers.at("a:1").swallows();
        byte[] large = new byte[8 << 20];
        try (RaftClient client = client("a:1")) {
            List<CompletableFuture<Outcome>> taken = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                taken.add(client.submit(large, LONG));
            }
            assertEquals(Reason.OVERLOADED, assertInstanceOf(Rejected.class, client.submit(bytes("y"), LONG).join())
                    .reason());
            assertTrue(taken.stream().noneMatch(CompletableFuture::isDone));
        }
        servers.at("b:2").leads();
        try (RaftClient client = client("b:2")) {
            for (int i = 0; i < 5; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(large, LONG));
            }
            Outcome alone = client.execute(new byte[33 << 20], LONG);
            assertInstanceOf(Outcome.Committed.class, alone, "one alone may be larger");
        }
    }

    @Test
    void whatIsTooLargeOrTooMuchForTheServerGoesStraightToTheCaller() {
        servers.at("a:1").script((connection, request) -> connection.reject(request, Reason.TOO_LARGE, ""));
        servers.at("b:2").script((connection, request) -> connection.reject(request, Reason.OVERLOADED, ""));
        try (RaftClient large = client("a:1"); RaftClient busy = client("b:2")) {
            assertEquals(Reason.TOO_LARGE, assertInstanceOf(Rejected.class, large.execute(bytes("x"), LONG)).reason());
            assertEquals(Reason.OVERLOADED, assertInstanceOf(Rejected.class, busy.execute(bytes("x"), LONG)).reason());
            assertEquals(1, servers.at("a:1").received());
            assertEquals(1, servers.at("b:2").received());
        }
    }

    @Test
    void onlyAnAnswerToACommandTellsWhoLeads() {
        // Behind its answer one that follows refuses what is no command, a sign of life, for want of room.
        servers.at("a:1").script((connection, request) -> connection.reply(
                new ClientReply.CommandAnswered(request.id(), new Rejected(Reason.NOT_LEADER, "", Duration.ZERO),
                        "b:2"),
                new ClientReply.CommandAnswered(request.id() + 100,
                        new Rejected(Reason.OVERLOADED, "", Duration.ZERO), "")));
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            assertEquals(1, servers.at("a:1").received());
        }
    }

    @Test
    void anUnknownOfTheServerIsNotSentAgain() {
        servers.at("a:1").script((connection, request) ->
                connection.answer(request, new Unknown(Why.LEADERSHIP_LOST), "b:2"));
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertEquals(new Unknown(Why.LEADERSHIP_LOST), client.execute(bytes("x"), LONG));
            assertEquals(0, servers.at("b:2").received());
        }
    }

    @Test
    void aTimeoutMayBeHugeAndZeroOrLessIsRejectedBeforeAnythingIsSent() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            assertCommitted("x", client.execute(bytes("x"), Duration.ofSeconds(Long.MAX_VALUE)));
            for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
                assertEquals(Reason.NO_TIME, assertInstanceOf(Rejected.class, client.execute(bytes("y"), none))
                        .reason());
                assertEquals(Reason.NO_TIME, assertInstanceOf(Rejected.class, client.submit(bytes("y"), none).join())
                        .reason());
                assertEquals(Reason.NO_TIME, assertInstanceOf(Rejected.class,
                        client.submitWhenRoom(bytes("y"), none).join()).reason());
            }
            assertEquals(List.of("x"), servers.at("a:1").executed());
        }
    }

    @Test
    void saysThatTheNodesBelongToAnotherCluster() {
        servers.at("a:1").isOfAnotherCluster();
        servers.at("b:2").isNoDriftless();
        try (RaftClient client = client("a:1,b:2")) {
            Rejected rejected = assertInstanceOf(Rejected.class, client.execute(bytes("x"), LONG));
            assertEquals(Reason.OTHER_CLUSTER, rejected.reason());
            assertTrue(rejected.detail().contains("a:1: another cluster"), rejected.detail());
        }
    }

    private RaftClient client(String addresses) {
        return RaftClient.connect(servers.plainConfig(addresses).build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void assertCommitted(String command, Outcome outcome) {
        assertEquals(command, assertInstanceOf(Committed.class, outcome, outcome::toString).result().text());
    }

    /** A call on a thread of its own that is interrupted. */
    private static final class InterruptedCall {
        private final AtomicReference<Outcome> outcome = new AtomicReference<>();
        private final AtomicReference<Boolean> isFlagSet = new AtomicReference<>();
        private final Thread thread;

        InterruptedCall(RaftClient client) {
            thread = Thread.ofPlatform().start(() -> {
                outcome.set(client.execute(bytes("x"), LONG));
                isFlagSet.set(Thread.interrupted());
            });
        }

        void awaitParked() {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }

        Outcome interrupt() throws InterruptedException {
            thread.interrupt();
            assertTrue(thread.join(Duration.ofSeconds(60)));
            assertEquals(true, isFlagSet.get());
            return outcome.get();
        }
    }
}
