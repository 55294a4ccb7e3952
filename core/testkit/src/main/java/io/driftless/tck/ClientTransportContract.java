package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ClientTransport} must do, together with a server on the same network. To use it, extend it and say
 * which transport to test.
 */
public abstract class ClientTransportContract extends TransportSetting {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
            ClientReply reply = replies.poll(60, TimeUnit.SECONDS);
            if (reply == null) {
                throw new AssertionError("no reply came; closed: " + ends);
            }
            return reply;
        }

        /** The replies that have come and that nobody has waited for. */
        public List<ClientReply> rest() {
            List<ClientReply> all = new ArrayList<>();
            replies.drainTo(all);
            return all;
        }

        /** Whether the connection still stands. */
        public boolean hasNotEnded() {
            return ends.isEmpty();
        }

        /** Waits for the end of the connection, and checks that it comes only once. */
        public String end() throws InterruptedException {
            String why = ends.poll(60, TimeUnit.SECONDS);
            assertTrue(why != null && ends.isEmpty(), "closed is called once");
            return why;
        }
    }

    private ClientChannel connect(Node node, ClientTransport.Listener listener) throws IOException {
        return factory().clients().connect(CLUSTER, node.transport.address(), PATIENCE, listener);
    }

    @Test
    void carriesRequestsAndRepliesOfEveryKind() throws Exception {
        Node node = node(N1, 1);
        BlockingQueue<ClientRequest> got = new LinkedBlockingQueue<>();
        BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> {
            got.addAll(requests);
            sessions.add(session);
        });
        RecordingListener listener = new RecordingListener();
        List<ClientRequest> requests = List.of(new ClientRequest.Execute(1, 2_000, Bytes.utf8("command")),
                new ClientRequest.Execute(2, 1, Bytes.EMPTY), new ClientRequest.Query(3, 2,
                Consistency.LINEARIZABLE, Bytes.utf8("query")),
                new ClientRequest.Status(4), new ClientRequest.TakeSnapshot(5, 60_000),
                new ClientRequest.TransferLeadership(6, 60_000, new ServerId("n2")));
        List<ClientReply> replies = List.of(new ClientReply.CommandAnswered(1,
                new Outcome.Committed(17, Result.ok(new byte[] {1, 2, 3})), ""),
                new ClientReply.CommandAnswered(2, new Outcome.Committed(18, Result.failed(7, "not so")), ""),
                new ClientReply.CommandAnswered(3,
                        new Outcome.Rejected(Outcome.Reason.NOT_LEADER, "ask n2", Duration.ofMillis(20)), "host:1"),
                new ClientReply.CommandAnswered(4, new Outcome.Unknown(Outcome.Why.LEADERSHIP_LOST), ""),
                new ClientReply.QueryAnswered(5, new QueryOutcome.Answered(18, Result.ok(new byte[1 << 20]),
                        Optional.empty()), ""),
                new ClientReply.StatusAnswered(6, "{\"node\":\"n1\"}"),
                new ClientReply.TransferAnswered(10, new TransferOutcome.Transferred("n2")),
                new ClientReply.TransferAnswered(11, new TransferOutcome.NotTransferred(
                        TransferOutcome.Reason.NO_TARGET, "n9 is no member")),
                new ClientReply.SnapshotAnswered(8, new SnapshotOutcome.Taken(19, 1L << 40, Duration.ofNanos(7))),
                new ClientReply.SnapshotAnswered(9, new SnapshotOutcome.NotTaken(SnapshotOutcome.Reason.UP_TO_DATE, 19,
                        "nothing new")), new ClientReply.Goodbye(7, Outcome.Why.CLOSED));
        try (ClientChannel channel = connect(node, listener)) {
            for (ClientRequest request : requests) {
                assertTrue(channel.send(request));
                assertEquals(request, got.poll(60, TimeUnit.SECONDS));
            }
            ClientConnection session = sessions.take();
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
        ClientTransport.OtherClusterException refusal = assertThrows(ClientTransport.OtherClusterException.class,
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
    void tellsAClientTheGenerationAndRefusesItsClientsOfAnother() throws Exception {
        Node node = node(N1, 1);
        node.introduction = node.introduction.withCommitted(ofGeneration(7));
        ClientTransport clients = factory().clients();
        for (long any : new long[] {7, ClientTransport.GENERATION_UNKNOWN}) {
            try (ClientChannel channel = clients.connect(CLUSTER, any, node.transport.address(), PATIENCE,
                    new RecordingListener())) {
                assertEquals(7, channel.generation());
            }
        }
        for (long other : new long[] {0, 8}) {
            for (String cluster : List.of(CLUSTER, "")) {
                ClientTransport.OtherClusterException refusal = assertThrows(
                        ClientTransport.OtherClusterException.class, () -> clients.connect(cluster, other,
                        node.transport.address(), PATIENCE, new RecordingListener()));
                assertTrue(refusal.getMessage().startsWith(node.transport.address()
                        + " belongs to another generation of ")
                        && refusal.getMessage().endsWith(": 7, not " + other), refusal.getMessage());
            }
        }
        node.introduction = new Introduction(N1, new UUID(9, 9), 1, runOf(N1, 1), "n1,n2", 1);
        try (ClientChannel channel = clients.connect(CLUSTER, 7, node.transport.address(), PATIENCE,
                new RecordingListener())) {
            assertEquals(ClientTransport.GENERATION_UNKNOWN, channel.generation());
        }
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
        BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> sessions.add(session));
        RecordingListener listener = new RecordingListener();
        try (ClientChannel channel = connect(node, listener)) {
            channel.send(new ClientRequest.Execute(1, 1_000, Bytes.utf8("before")));
            ClientConnection session = sessions.take();
            node.transport.stopAccepting();
            node.transport.stopAccepting();
            assertThrows(IOException.class, () -> connect(node, new RecordingListener()));
            channel.send(new ClientRequest.Execute(2, 1_000, Bytes.utf8("after")));
            assertEquals(new ClientReply.Goodbye(1, Outcome.Why.CLOSED), listener.next());
            session.reply(committed(1));
            session.flush();
            assertEquals(committed(1), listener.next());
            node.transport.drain(PATIENCE);
            listener.end();
            assertTrue(sessions.isEmpty(), "delivered after the goodbye");
        }
    }

    /** Whoever trusts the goodbye sends what is above it elsewhere: what is delivered here too is executed twice. */
    @Test
    void namesInItsGoodbyeExactlyTheHighestRequestThatItDelivers() throws Exception {
        for (int round = 0; round < 20; round++) {
            Node node = node(N1, 1);
            BlockingQueue<Long> delivered = new LinkedBlockingQueue<>();
            node.receiver.serve((session, requests) -> {
                requests.forEach(request -> delivered.add(request.id()));
                requests.forEach(request -> session.reply(committed(request.id())));
                session.flush();
            });
            RecordingListener listener = new RecordingListener();
            ClientChannel channel = connect(node, listener);
            AtomicBoolean isOver = new AtomicBoolean();
            Thread sender = Thread.ofVirtual().start(() -> {
                for (long id = 1; !isOver.get(); id++) {
                    channel.send(new ClientRequest.Execute(id, 1_000, Bytes.utf8("command")));
                    Thread.yield();
                }
            });
            listener.next();
            node.transport.stopAccepting();
            node.transport.drain(PATIENCE);
            listener.end();
            isOver.set(true);
            sender.join();
            channel.close();
            node.close();
            List<ClientReply> replies = listener.rest();
            ClientReply goodbye = replies.stream().filter(ClientReply.Goodbye.class::isInstance).findFirst()
                    .orElseThrow();
            assertEquals(LongStream.rangeClosed(1, goodbye.id()).boxed().toList(), List.copyOf(delivered));
            assertEquals(goodbye.id(), replies.size(), "each answered, but for the first, and one goodbye");
        }
    }

    /** What it sends at once is answered, or above a goodbye; or the connection was never made. */
    @Test
    void aClientThatComesWhileTheNodeStopsIsNotLeftInDoubt() throws Exception {
        for (int round = 0; round < 60; round++) {
            Node node = node(N1, 1);
            node.receiver.serve((session, requests) -> {
                requests.forEach(request -> session.reply(committed(request.id())));
                session.flush();
            });
            int clients = 30;
            ConcurrentLinkedQueue<String> inDoubt = new ConcurrentLinkedQueue<>();
            CountDownLatch come = new CountDownLatch(1 + round % clients / 2);
            List<Thread> coming = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                coming.add(Thread.ofVirtual().start(() -> comeAndAsk(node, come).ifPresent(inDoubt::add)));
            }
            assertTrue(come.await(60, TimeUnit.SECONDS), "no client can connect");
            node.transport.stopAccepting();
            node.transport.drain(PATIENCE);
            node.close();
            for (Thread client : coming) {
                client.join();
            }
            assertEquals(List.of(), List.copyOf(inDoubt));
        }
    }

    /** Connects and sends one request; what was wrong with how that ended. */
    private Optional<String> comeAndAsk(Node node, CountDownLatch come) {
        RecordingListener listener = new RecordingListener();
        try (ClientChannel channel = connect(node, listener)) {
            boolean isSent = channel.send(new ClientRequest.Execute(1, 1_000, Bytes.utf8("at once")));
            come.countDown();
            String why = listener.end();
            List<ClientReply> replies = listener.rest();
            boolean isTold = replies.contains(committed(1))
                    || replies.contains(new ClientReply.Goodbye(0, Outcome.Why.CLOSED));
            return isSent && !isTold ? Optional.of(why + " " + replies) : Optional.empty();
        } catch (IOException tooLate) {
            return Optional.empty();
        } catch (InterruptedException nobodyDoesThis) {
            throw new AssertionError(nobodyDoesThis);
        }
    }

    @Test
    void waitsForAnswersBeforeItEndsAConnection() throws Exception {
        Node node = node(N1, 1);
        BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> sessions.add(session));
        RecordingListener listener = new RecordingListener();
        try (ClientChannel channel = connect(node, listener)) {
            channel.send(new ClientRequest.Execute(1, 1_000, Bytes.utf8("slow")));
            ClientConnection session = sessions.take();
            node.transport.stopAccepting();
            Thread draining = Thread.ofVirtual().start(() -> node.transport.drain(PATIENCE));
            assertEquals(new ClientReply.Goodbye(1, Outcome.Why.CLOSED), listener.next());
            assertTrue(listener.hasNotEnded());
            session.reply(new ClientReply.CommandAnswered(1,
                    new Outcome.Committed(1, Result.ok(new byte[1 << 20])), ""));
            session.flush();
            assertEquals(1, listener.next().id());
            listener.end();
            draining.join();
        }
    }

    @Test
    void doesNotWaitLongerThanItMayForAnswersThatNeverCome() throws Exception {
        Node node = node(N1, 1);
        BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> sessions.add(session));
        RecordingListener listener = new RecordingListener();
        try (ClientChannel channel = connect(node, listener)) {
            channel.send(new ClientRequest.Execute(1, 1_000, Bytes.utf8("never answered")));
            sessions.take();
            node.transport.stopAccepting();
            node.transport.drain(Duration.ofMillis(50));
            assertTrue(listener.hasNotEnded());
            node.close();
            listener.end();
        }
    }

    @Test
    void anInterruptedThreadMayStopANode() throws Exception {
        Node node = node(N1, 1);
        BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
        node.receiver.serve((session, requests) -> sessions.add(session));
        RecordingListener listener = new RecordingListener();
        try (ClientChannel channel = connect(node, listener)) {
            channel.send(new ClientRequest.Execute(1, 1_000, Bytes.utf8("before")));
            ClientConnection session = sessions.take();
            Thread.currentThread().interrupt();
            node.transport.stopAccepting();
            session.reply(committed(1));
            Thread.ofVirtual().start(session::flush);
            node.transport.drain(PATIENCE);
            assertTrue(Thread.interrupted(), "the flag is kept");
            List<ClientReply> both = List.of(listener.next(), listener.next());
            assertTrue(both.containsAll(List.of(new ClientReply.Goodbye(1, Outcome.Why.CLOSED), committed(1))),
                    both::toString);
        }
    }

    private static ClientReply committed(long id) {
        return new ClientReply.CommandAnswered(id, new Outcome.Committed(id, Result.ok(new byte[0])), "");
    }
}
