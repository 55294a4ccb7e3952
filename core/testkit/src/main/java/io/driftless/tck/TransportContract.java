package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver.Event;
import io.driftless.transport.Transport;
import io.driftless.transport.Unreachable;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Transport} must do between servers. To use it, extend it and say which transport to test.
 * {@link ClientTransportContract} has what a transport must do for clients.
 */
public abstract class TransportContract extends TransportSetting {

    private static List<Long> numbers(List<Message> messages) {
        return messages.stream().map(message -> ((Message.AppendEntries) message).prevLogIndex()).toList();
    }

    @Test
    void introducesThePeersToEachOther() {
        Node first = node(N1, 4);
        Node second = node(N2, 9);
        first.awaitConnected(N2, 9);
        second.awaitConnected(N1, 4);
        assertEquals(introduction(N1, 4), second.receiver.peers().getFirst().introduction());
        assertEquals(introduction(N2, 9), first.receiver.peers().getFirst().introduction());
    }

    @Test
    void noConnectionStandsWhoseGreetingIsOlderThanTheLastReintroduction() {
        // While a connection is being made, the other server is asked several times for its own introduction.
        for (int time = 1; time <= 6; time++) {
            try (Node first = new Node(N1, CLUSTER, 1); Node second = new Node(N2, CLUSTER, 1)) {
                second.start();
                AtomicInteger left = new AtomicInteger(time);
                second.beforeItIntroducesItself = () -> {
                    if (left.decrementAndGet() == 0) {
                        first.introduction = first.introduction.withDoubt(true);
                        first.transport.reintroduce();
                    }
                };
                first.start();
                second.receiver.await("a connection", () -> !second.receiver.peers().isEmpty());
                if (left.getAndSet(0) > 0) {
                    // It was asked less often than that.
                    first.introduction = first.introduction.withDoubt(true);
                    first.transport.reintroduce();
                }
                second.receiver.await("the new introduction, " + time + " after the start", () ->
                        second.receiver.peers().stream().anyMatch(peer -> peer.introduction().inDoubt()));
            }
        }
    }

    @Test
    void deliversMessagesOfEveryKindUnchanged() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        for (Lane lane : Lane.values()) {
            TestMessages.ofEachKind().forEach(message -> first.transport.send(N2, lane, message));
            second.receiver.await("all messages", () ->
                    second.receiver.messages(lane).size() == TestMessages.ofEachKind().size());
            assertEquals(TestMessages.ofEachKind(), second.receiver.messages(lane));
        }
    }

    @Test
    void deliversEachLaneInOrderInBothDirections() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        int count = 5_000;
        for (long i = 0; i < count; i++) {
            Message message = i % 10 == 0 ? TestMessages.entries(i, 3, 100) : TestMessages.heartbeat(i);
            for (Lane lane : Lane.values()) {
                first.transport.send(N2, lane, message);
                second.transport.send(N1, lane, message);
            }
        }
        List<Long> expected = LongStream.range(0, count).boxed().toList();
        for (Node node : List.of(first, second)) {
            for (Lane lane : Lane.values()) {
                node.receiver.await("all messages on " + lane, () -> node.receiver.messages(lane).size() == count);
                assertEquals(expected, numbers(node.receiver.messages(lane)));
            }
        }
        assertEquals(1, first.receiver.changes());
    }

    @Test
    void deliversLargeEntriesUnchanged() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        List<Message> sent = List.of(TestMessages.entries(0, 1, 1 << 20), TestMessages.entries(1, 8, 1 << 20),
                TestMessages.entries(9, 1, 0),
                TestMessages.entries(10, 2_000, 256), TestMessages.entries(2_010, 3, 300_000),
                TestMessages.entries(2_013, 8, 1 << 20));
        sent.forEach(message -> first.transport.send(N2, Lane.DATA, message));
        second.receiver.await("all messages", () -> second.receiver.messages(Lane.DATA).size() == sent.size());
        assertEquals(sent, second.receiver.messages(Lane.DATA));
    }

    @Test
    void stampsTheArrival() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        long before = System.nanoTime();
        first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(1));
        second.receiver.await("the message", () -> !second.receiver.messages(Lane.CONTROL).isEmpty());
        long arrived = ((Event.Received) second.receiver.events().getLast()).arrivedNs();
        assertTrue(arrived - before >= 0 && System.nanoTime() - arrived >= 0);
    }

    @Test
    void aStuckDataLaneDoesNotHoldUpTheControlLane() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        second.receiver.hold(Lane.DATA);
        first.transport.send(N2, Lane.DATA, TestMessages.entries(0, 4, 1_000));
        second.receiver.await("a delivery", () -> second.receiver.isDelivering(Lane.DATA));
        for (long i = 0; i < 100; i++) {
            first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(i));
        }
        second.receiver.await("the control lane", () -> second.receiver.messages(Lane.CONTROL).size() == 100);
        assertEquals(List.of(), second.receiver.messages(Lane.DATA));
    }

    @Test
    void aStuckBulkLaneHoldsUpNoOther() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        second.receiver.hold(Lane.BULK);
        List<Message> parts = LongStream.range(0, 16).<Message>mapToObj(i -> TestMessages.chunk(i, 256 << 10)).toList();
        parts.forEach(part -> first.transport.send(N2, Lane.BULK, part));
        second.receiver.await("a delivery", () -> second.receiver.isDelivering(Lane.BULK));
        for (long i = 0; i < 100; i++) {
            first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(i));
            first.transport.send(N2, Lane.DATA, TestMessages.entries(i, 1, 1_000));
        }
        second.receiver.await("the other lanes", () -> second.receiver.messages(Lane.CONTROL).size() == 100
                && second.receiver.messages(Lane.DATA).size() == 100);
        assertEquals(List.of(), second.receiver.messages(Lane.BULK));
        second.receiver.release(Lane.BULK);
        second.receiver.await("all parts", () -> second.receiver.messages(Lane.BULK).size() == parts.size());
        assertEquals(parts, second.receiver.messages(Lane.BULK));
        assertEquals(1, second.receiver.changes());
    }

    @Test
    void aNewConnectionDeliversNothingOfTheBulkLaneBefore() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        second.receiver.hold(Lane.BULK);
        LongStream.range(0, 10).forEach(i -> first.transport.send(N2, Lane.BULK, TestMessages.chunk(i, 100_000)));
        second.receiver.await("a delivery", () -> second.receiver.isDelivering(Lane.BULK));
        first.close();
        Node firstAgain = node(N1, 2);
        assertEquals(1, second.receiver.changes(), "no end and no beginning while a delivery is under way");
        second.receiver.release(Lane.BULK);
        second.awaitConnected(N1, 2);
        firstAgain.awaitConnected(N2, 1);
        Message fresh = TestMessages.chunk(10, 100_000);
        firstAgain.transport.send(N2, Lane.BULK, fresh);
        second.receiver.await("the new part", () -> second.receiver.messages(Lane.BULK).contains(fresh));
        assertEquals(List.of(fresh), second.receiver.events().stream()
                .filter(event -> event instanceof Event.Received it && it.peer().introduction().boot() == 2)
                .map(event -> ((Event.Received) event).message()).toList());
    }

    @Test
    void dropsWhatIsSentWithoutAConnection() {
        Node first = node(N1, 1);
        first.transport.send(N2, Lane.DATA, TestMessages.heartbeat(1));
        first.transport.send(new ServerId("stranger"), Lane.DATA, TestMessages.heartbeat(1));
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        first.transport.send(N2, Lane.DATA, TestMessages.heartbeat(2));
        second.receiver.await("the message", () -> !second.receiver.messages(Lane.DATA).isEmpty());
        assertEquals(List.of(2L), numbers(second.receiver.messages(Lane.DATA)));
    }

    @Test
    void connectsAgainWithAPeerThatWasStartedAgain() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.close();
        first.receiver.await("disconnected", () -> first.receiver.peers().isEmpty());
        Node again = node(N2, 2);
        first.awaitConnected(N2, 2);
        again.awaitConnected(N1, 1);
        first.close();
        Node firstAgain = node(N1, 2);
        firstAgain.awaitConnected(N2, 2);
        again.awaitConnected(N1, 2);
        firstAgain.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(3));
        again.transport.send(N1, Lane.CONTROL, TestMessages.heartbeat(4));
        again.receiver.await("the message", () -> again.receiver.messages(Lane.CONTROL).size() == 1);
        firstAgain.receiver.await("the message", () -> firstAgain.receiver.messages(Lane.CONTROL).size() == 1);
        List<Long> connections = again.receiver.events().stream().filter(event -> event instanceof Event.Connected)
                .map(event -> ((Event.Connected) event).peer().connection()).toList();
        assertEquals(2, connections.stream().distinct().count());
    }

    @Test
    void tellsOfTheEndAfterTheLastDelivery() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        second.receiver.hold(Lane.DATA);
        first.transport.send(N2, Lane.DATA, TestMessages.heartbeat(1));
        second.receiver.await("a delivery", () -> second.receiver.isDelivering(Lane.DATA));
        first.close();
        Node firstAgain = node(N1, 2);
        assertEquals(1, second.receiver.changes(), "no end and no beginning while a delivery is under way");
        second.receiver.release(Lane.DATA);
        second.awaitConnected(N1, 2);
        firstAgain.awaitConnected(N2, 1);
    }

    @Test
    void anOverflowBreaksTheConnectionWithoutBlockingTheSenderOrLeavingAGap() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        second.receiver.hold(Lane.DATA);
        // A large one and a small one by turns: where a large one finds no room a small one still would.
        Message.AppendEntries large = TestMessages.entries(0, 8, 1 << 20);
        Message.AppendEntries small = TestMessages.entries(0, 1, 1);
        for (long i = 0; i < 80; i++) {
            Message.AppendEntries next = i % 2 == 0 ? large : small;
            first.transport.send(N2, Lane.DATA,
                    new Message.AppendEntries(3, N1, 0, 3, next.entries(), i, 0, 0, 0, next.content()));
        }
        second.receiver.release(Lane.DATA);
        first.receiver.await("disconnected", () -> first.receiver.changes() >= 2);
        second.receiver.await("connected again", () -> second.receiver.changes() >= 3
                && second.receiver.peers().size() == 1);
        first.receiver.await("connected again", () -> first.receiver.peers().size() == 1);
        // The next connection may stand before all are sent: it begins with any of them, but has no gap either.
        Map<Long, List<Long>> byConnection = second.receiver.events().stream()
                .filter(event -> event instanceof Event.Received).map(event -> (Event.Received) event)
                .collect(Collectors.groupingBy(received -> received.peer().connection(), Collectors.mapping(
                        received -> ((Message.AppendEntries) received.message()).leaderCommit(), Collectors.toList())));
        long initial = ((Event.Connected) second.receiver.events().getFirst()).peer().connection();
        assertEquals(0, byConnection.getOrDefault(initial, List.of(0L)).getFirst());
        for (List<Long> got : byConnection.values()) {
            assertEquals(LongStream.range(got.getFirst(), got.getFirst() + got.size()).boxed().toList(), got);
        }
        assertTrue(byConnection.values().stream().mapToInt(List::size).sum() < 80);
    }

    @Test
    void refusesAPeerOfAnotherClusterAndBothSidesSaySoOnce() {
        Node first = node(N1, 1);
        Node other = new Node(N2, "another", 1).start();
        for (Node node : List.of(first, other)) {
            node.receiver.await("a warning that names both clusters",
                    () -> namingBothClusters(node) > 0);
        }
        other.close();
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        assertEquals(1, first.receiver.changes());
        assertEquals(0, other.receiver.changes());
        // What is told of an address where nobody listens, before the other one and after it, is not about this.
        assertEquals(1, namingBothClusters(first), first.warnings::toString);
        assertEquals(1, namingBothClusters(other), other.warnings::toString);
    }

    private static long namingBothClusters(Node node) {
        return node.warnings.stream().filter(line -> line.contains("'" + CLUSTER + "'") && line.contains("'another'"))
                .count();
    }

    @Test
    void tellsWhyAMemberIsNotReachedWhicheverSideDials() {
        for (ServerId there : List.of(N1, N2)) {
            ServerId absent = there.equals(N1) ? N2 : N1;
            Node alone = node(there, 1);
            alone.receiver.await(absent + " refused", () -> isUnreachable(alone, absent, Unreachable.Kind.REFUSED));
            Node other = node(absent, 1);
            alone.awaitConnected(absent, 1);
            other.awaitConnected(there, 1);
            assertEquals(Map.of(), alone.transport.unreachable());
            assertEquals(Map.of(), other.transport.unreachable());
            other.close();
            alone.receiver.await(absent + " refused again",
                    () -> isUnreachable(alone, absent, Unreachable.Kind.REFUSED));
            alone.close();
        }
    }

    @Test
    void bothSidesTellThatTheOtherIsOfAnotherCluster() {
        Node first = node(N1, 1);
        Node other = new Node(N2, "another", 1).start();
        for (String why : List.of(turnedAway(first, N2), turnedAway(other, N1))) {
            assertTrue(why.startsWith("other cluster id: ") && why.contains("'another'"), why);
        }
    }

    @Test
    void refusesAPeerOfAnotherGenerationAndBothSidesSayWhy() {
        Node first = new Node(N1, CLUSTER, 1);
        Node other = new Node(N2, CLUSTER, 1);
        other.introduction = other.introduction.withCommitted(ofGeneration(7));
        // The one that is connected to first, so that the first warning of either is about this.
        other.start();
        first.start();
        for (Node node : List.of(first, other)) {
            node.receiver.await("a warning", () -> !node.warnings.isEmpty());
        }
        for (String why : List.of(first.warnings.peek(), turnedAway(first, N2), other.warnings.peek(),
                turnedAway(other, N1))) {
            assertTrue(why.contains("other generation: ") && why.contains("generation 0") && why.contains(
                    "generation 7") && why.contains("'" + CLUSTER + "'") && !why.contains("\n"), why);
        }
        assertEquals(0, first.receiver.changes() + other.receiver.changes());
        other.close();
        Node second = node(N2, 3);
        first.awaitConnected(N2, 3);
        second.awaitConnected(N1, 1);
        assertEquals(Map.of(), first.transport.unreachable());
    }

    @Test
    void takesAPeerThatHasNoGenerationYet() {
        Node first = new Node(N1, CLUSTER, 1);
        Node empty = new Node(N2, CLUSTER, 1);
        first.introduction = first.introduction.withCommitted(ofGeneration(7));
        empty.introduction = new Introduction(N2, new UUID(9, 9), 1, runOf(N2, 1), "n1,n2", 1);
        first.start();
        empty.start();
        first.awaitConnected(N2, 1);
        empty.awaitConnected(N1, 1);
        assertEquals(empty.introduction, first.receiver.peers().getFirst().introduction());
        assertEquals(first.introduction, empty.receiver.peers().getFirst().introduction());
    }

    /** Why that member turned the node away, as it was told once: at another attempt it may be out of reach. */
    private static String turnedAway(Node node, ServerId member) {
        AtomicReference<String> why = new AtomicReference<>("");
        node.receiver.await("the reason", () -> {
            Unreachable now = node.transport.unreachable().get(member);
            if (now != null && now.kind() == Unreachable.Kind.TURNED_AWAY) {
                why.set(now.toString());
            }
            return !why.get().isEmpty();
        });
        return why.get();
    }

    private static boolean isUnreachable(Node node, ServerId member, Unreachable.Kind kind) {
        Unreachable why = node.transport.unreachable().get(member);
        return why != null && why.kind() == kind;
    }

    @Test
    void refusesAnAddressThatIsInUse() {
        Node first = node(N1, 1);
        Node second = new Node(N1, CLUSTER, 2);
        NodeStartException refusal = assertThrows(NodeStartException.class, second::start);
        assertEquals(EndCause.PORT_IN_USE, refusal.endCause());
        assertTrue(refusal.getMessage().contains(addresses.get(N1)) && !refusal.getMessage().contains("\n"),
                refusal.getMessage());
        first.close();
        second.close();
        node(N1, 3);
    }

    @Test
    void waitsAtItsCloseForADeliveryThatIsUnderWay() throws InterruptedException {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        second.receiver.hold(Lane.DATA);
        first.transport.send(N2, Lane.DATA, TestMessages.heartbeat(1));
        second.receiver.await("a delivery", () -> second.receiver.isDelivering(Lane.DATA));
        AtomicReference<List<Event>> atItsEnd = new AtomicReference<>(List.of());
        Thread closing = Thread.ofPlatform().start(() -> {
            second.close();
            atItsEnd.set(second.receiver.events());
        });
        second.receiver.await("close waits or is over", () -> closing.getState() != Thread.State.RUNNABLE);
        second.receiver.release(Lane.DATA);
        closing.join();
        second.receiver.await("the end of the delivery", () -> second.receiver.peers().isEmpty());
        assertEquals(second.receiver.events(), atItsEnd.get());
    }

    @Test
    void closesTwiceAndDeliversNothingAfterwards() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        first.close();
        long events = first.receiver.events().size();
        assertTrue(first.receiver.peers().isEmpty());
        first.close();
        first.transport.send(N2, Lane.DATA, TestMessages.heartbeat(1));
        second.transport.send(N1, Lane.DATA, TestMessages.heartbeat(1));
        second.receiver.await("disconnected", () -> second.receiver.peers().isEmpty());
        assertEquals(events, first.receiver.events().size());
    }
}
