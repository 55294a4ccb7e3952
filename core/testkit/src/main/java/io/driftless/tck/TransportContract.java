package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.Outcome;
import io.driftless.codec.Serializer;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.machine.Result;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver.Event;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import io.driftless.transport.TransportListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Transport}, with its {@link ClientTransport}, must do. Extend it, say which transport, and run it.
 */
public abstract class TransportContract {

    /** The two servers of the suite. */
    protected static final ServerId N1 = new ServerId("n1");
    /** See {@link #N1}. */
    protected static final ServerId N2 = new ServerId("n2");

    private static final String CLUSTER = "contract";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SortedMap<ServerId, String> addresses = new TreeMap<>();
    private final List<Node> nodes = new ArrayList<>();

    /** The transport under test. All calls in one test give factories of the same network. */
    protected abstract TransportFactory factory();

    /** An address that nobody listens on, another one each time. */
    protected abstract String freeAddress();

    /** What messages are written with. */
    protected abstract Serializer serializer();

    /** A started transport with what it delivered. */
    protected final class Node implements AutoCloseable {
        private final Transport transport;
        private final RecordingReceiver receiver = new RecordingReceiver();
        private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();

        private Node(ServerId id, String clusterId, long boot) {
            TransportListener listener = new TransportListener() {
                @Override
                public void warning(String message) {
                    warnings.add(message);
                }

                @Override
                public void badFrame(String remote, String message) {
                    warnings.add("bad frame from " + remote + ": " + message);
                }
            };
            Introduction introduction = new Introduction(id, new UUID(1, id.hashCode()), boot, "n1,n2",
                    Collections.emptySortedMap());
            transport = factory().create(new TransportContext(clusterId, id, addresses.get(id), addresses, serializer(),
                    () -> introduction, false, 16 << 20, listener));
            nodes.add(this);
        }

        private Node start() {
            transport.start(receiver);
            return this;
        }

        /** The transport. */
        public Transport transport() {
            return transport;
        }

        /** What it delivered. */
        public RecordingReceiver receiver() {
            return receiver;
        }

        private void awaitConnected(ServerId peer, long boot) {
            receiver.await("connected to " + peer + " boot " + boot + ", warnings " + warnings,
                    () -> receiver.peers().stream()
                            .anyMatch(p -> p.id().equals(peer) && p.introduction().boot() == boot));
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    /** Keeps what comes back to a client. */
    protected static final class RecordingListener implements ClientTransport.Listener {
        private final BlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

        @Override
        public void replied(List<ClientReply> batch) {
            replies.addAll(batch);
        }

        @Override
        public void closed(String why) {
            ends.add(why);
        }

        /** Waits for the next reply. */
        public ClientReply next() throws InterruptedException {
            ClientReply reply = replies.poll(20, TimeUnit.SECONDS);
            if (reply == null) {
                throw new AssertionError("no reply came; closed: " + ends);
            }
            return reply;
        }

        /** Waits for the end and checks that it comes once. */
        public String end() throws InterruptedException {
            String why = ends.poll(20, TimeUnit.SECONDS);
            assertTrue(why != null && ends.isEmpty(), "closed is called once");
            return why;
        }
    }

    @BeforeEach
    void chooseAddresses() {
        addresses.put(N1, freeAddress());
        addresses.put(N2, freeAddress());
    }

    @AfterEach
    void closeAll() {
        nodes.forEach(node -> node.receiver.release(Lane.DATA));
        nodes.forEach(node -> node.receiver.release(Lane.CONTROL));
        nodes.forEach(Node::close);
        nodes.forEach(node -> assertEquals(List.of(), node.receiver.violations()));
    }

    /** A node that is started. */
    protected Node node(ServerId id, long boot) {
        return new Node(id, CLUSTER, boot).start();
    }

    private ClientChannel connect(Node node, ClientTransport.Listener listener) throws IOException {
        return factory().clients().connect(CLUSTER, node.transport.address(), PATIENCE, listener);
    }

    private static List<Long> numbers(List<Message> messages) {
        return messages.stream().map(message -> ((Message.AppendEntries) message).prevLogIndex()).toList();
    }

    @Test
    void introducesThePeersToEachOther() {
        Node first = node(N1, 4);
        Node second = node(N2, 9);
        first.awaitConnected(N2, 9);
        second.awaitConnected(N1, 4);
        Introduction told = second.receiver.peers().getFirst().introduction();
        assertEquals(new Introduction(N1, new UUID(1, N1.hashCode()), 4, "n1,n2", Collections.emptySortedMap()), told);
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
        for (long i = 0; i < 100; i++) {
            first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(i));
        }
        second.receiver.await("the control lane", () -> second.receiver.messages(Lane.CONTROL).size() == 100);
        assertEquals(List.of(), second.receiver.messages(Lane.DATA));
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
        first.transport.send(N2, Lane.CONTROL, TestMessages.heartbeat(1));
        second.receiver.await("the control message", () -> second.receiver.messages(Lane.CONTROL).size() == 1);
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
        Message.AppendEntries large = TestMessages.entries(0, 8, 1 << 20);
        for (long i = 0; i < 40; i++) {
            first.transport.send(N2, Lane.DATA,
                    new Message.AppendEntries(3, N1, 0, 3, large.entries(), i, 0, large.content()));
        }
        first.receiver.await("disconnected", () -> first.receiver.changes() >= 2);
        second.receiver.release(Lane.DATA);
        second.receiver.await("connected again", () -> second.receiver.changes() >= 3
                && second.receiver.peers().size() == 1);
        first.receiver.await("connected again", () -> first.receiver.peers().size() == 1);
        List<Long> got = second.receiver.messages(Lane.DATA).stream()
                .map(message -> ((Message.AppendEntries) message).leaderCommit()).toList();
        assertEquals(LongStream.range(0, got.size()).boxed().toList(), got);
        assertTrue(got.size() < 40);
    }

    @Test
    void refusesAPeerOfAnotherClusterAndBothSidesSaySoOnce() {
        Node first = node(N1, 1);
        Node other = new Node(N2, "another", 1).start();
        for (Node node : List.of(first, other)) {
            node.receiver.await("a warning that names both clusters",
                    () -> node.warnings.stream()
                            .anyMatch(line -> line.contains("'" + CLUSTER + "'") && line.contains("'another'")));
        }
        other.close();
        Node second = node(N2, 1);
        first.awaitConnected(N2, 1);
        second.awaitConnected(N1, 1);
        assertEquals(1, first.receiver.changes());
        assertEquals(0, other.receiver.changes());
        assertEquals(first.warnings.stream().distinct().toList(), List.copyOf(first.warnings));
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

    @Test
    void carriesRequestsAndRepliesOfEveryKind() throws Exception {
        Node node = node(N1, 1);
        BlockingQueue<ClientRequest> got = new LinkedBlockingQueue<>();
        BlockingQueue<ClientSession> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> {
            got.addAll(requests);
            sessions.add(session);
        });
        RecordingListener listener = new RecordingListener();
        List<ClientRequest> requests = List.of(new ClientRequest.Execute(1, 2_000, Bytes.utf8("command")),
                new ClientRequest.Execute(2, 1, Bytes.EMPTY), new ClientRequest.LocalQuery(3, Bytes.utf8("query")),
                new ClientRequest.Status(4));
        List<ClientReply> replies = List.of(new ClientReply.Executed(1,
                new Outcome.Committed(17, Result.ok(new byte[] {1, 2, 3})), ""),
                new ClientReply.Executed(2, new Outcome.Committed(18, Result.failed(7, "not so")), ""),
                new ClientReply.Executed(3,
                        new Outcome.Rejected(Outcome.Reason.NOT_LEADER, "ask n2", Duration.ofMillis(20)), "host:1"),
                new ClientReply.Executed(4, new Outcome.Unknown(1, 2, Outcome.Why.LEADERSHIP_LOST), ""),
                new ClientReply.QueryAnswered(5, 18, Result.ok(new byte[1 << 20])),
                new ClientReply.StatusAnswered(6, "{\"node\":\"n1\"}"));
        try (ClientChannel channel = connect(node, listener)) {
            for (ClientRequest request : requests) {
                assertTrue(channel.send(request));
                assertEquals(request, got.poll(20, TimeUnit.SECONDS));
            }
            ClientSession session = sessions.take();
            replies.forEach(session::reply);
            session.flush();
            for (ClientReply reply : replies) {
                assertEquals(reply, listener.next());
            }
        }
        listener.end();
    }

    @Test
    void manyThreadsShareAChannel() throws Exception {
        Node node = node(N1, 1);
        node.receiver.serve((session, requests) -> {
            requests.forEach(request -> session.reply(new ClientReply.StatusAnswered(request.id(), "")));
            session.flush();
        });
        RecordingListener listener = new RecordingListener();
        int threads = 8;
        int each = 500;
        try (ClientChannel channel = connect(node, listener)) {
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                long base = (long) t * each;
                Runnable sending = () -> LongStream.range(base, base + each)
                        .forEach(id -> channel.send(new ClientRequest.Status(id)));
                senders.add(Thread.ofVirtual().start(sending));
            }
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < threads * each; i++) {
                ids.add(listener.next().id());
            }
            assertEquals(LongStream.range(0, threads * each).boxed().toList(), ids.stream().sorted().toList());
            for (Thread sender : senders) {
                sender.join();
            }
        }
    }

    @Test
    void refusesAClientOfAnotherCluster() {
        Node node = node(N1, 1);
        ClientTransport.NotDriftlessException refusal = assertThrows(ClientTransport.NotDriftlessException.class,
                () -> factory().clients()
                        .connect("another", node.transport.address(), PATIENCE, new RecordingListener()));
        assertTrue(refusal.getMessage().contains("another") && refusal.getMessage().contains(CLUSTER),
                refusal.getMessage());
    }

    @Test
    void takesAClientOfAnyClusterIfItNamesNone() throws Exception {
        Node node = node(N1, 1);
        factory().clients().connect("", node.transport.address(), PATIENCE, new RecordingListener()).close();
    }

    @Test
    void failsToConnectAClientWhereNobodyListens() {
        assertThrows(IOException.class, () ->
                factory().clients().connect("", freeAddress(), PATIENCE, new RecordingListener()));
    }

    @Test
    void tellsAClientThatTheNodeClosed() throws Exception {
        Node node = node(N1, 1);
        RecordingListener listener = new RecordingListener();
        ClientChannel channel = connect(node, listener);
        node.close();
        listener.end();
        assertFalse(channel.send(new ClientRequest.Status(1)));
        channel.close();
    }

    @Test
    void answersWhatIsInFlightAfterItStoppedAccepting() throws Exception {
        Node node = node(N1, 1);
        BlockingQueue<ClientSession> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> sessions.add(session));
        RecordingListener listener = new RecordingListener();
        try (ClientChannel channel = connect(node, listener)) {
            channel.send(new ClientRequest.Execute(1, 1_000, Bytes.utf8("before")));
            ClientSession session = sessions.take();
            node.transport.stopAccepting();
            node.transport.stopAccepting();
            assertThrows(IOException.class, () -> connect(node, new RecordingListener()));
            channel.send(new ClientRequest.Execute(2, 1_000, Bytes.utf8("after")));
            ClientReply refusal = listener.next();
            assertEquals(2, refusal.id());
            assertTrue(refusal instanceof ClientReply.Executed executed
                    && executed.outcome() instanceof Outcome.Rejected rejected
                    && rejected.reason() == Outcome.Reason.CLOSED, refusal::toString);
            ClientReply answer = new ClientReply.Executed(1, new Outcome.Committed(5, Result.ok(new byte[0])), "");
            session.reply(answer);
            session.flush();
            assertEquals(answer, listener.next());
            assertTrue(sessions.isEmpty());
        }
    }
}
