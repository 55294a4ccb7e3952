package io.driftless.testkit;

import io.driftless.client.ClientConfig;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Servers that do what a test's script says, behind a {@link ClientTransport} without sockets. Thread safe. */
final class ScriptedServers implements ClientTransport, AutoCloseable {

    private final Map<String, Server> servers = new ConcurrentHashMap<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final AtomicLong index = new AtomicLong();

    /** What a server does with a request. On the connection's own thread. */
    interface Script {
        void received(Connection connection, ClientRequest request);
    }

    /** The server at that address; until it has a script it refuses connections. */
    Server at(String address) {
        return servers.computeIfAbsent(address, Server::new);
    }

    ClientConfig.Builder config(String addresses) {
        return ClientConfig.builder(addresses, this);
    }

    /** Of a client without a session. */
    ClientConfig.Builder plainConfig(String addresses) {
        return config(addresses).sessions(false);
    }

    @Override
    public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
            throws IOException {
        Server server = at(address);
        server.connects.incrementAndGet();
        if (server.isHanging) {
            try {
                if (server.hangsForGood) {
                    server.hanging.await();
                } else {
                    server.hanging.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
                }
            } catch (InterruptedException interrupted) {
                throw new InterruptedIOException("interrupted");
            }
            throw new IOException("no answer within " + timeout.toMillis() + " ms");
        }
        if (server.isStranger) {
            throw new NotDriftlessException("not a Driftless node");
        }
        if (server.isOfAnotherCluster) {
            throw new OtherClusterException("another cluster");
        }
        Script script = server.script;
        if (script == null) {
            throw new IOException("connection refused");
        }
        Connection connection = new Connection(server, listener);
        connections.add(connection);
        server.current.add(connection);
        return connection;
    }

    @Override
    public void close() {
        connections.forEach(Connection::close);
    }

    /** One server. */
    final class Server {
        private final String address;
        private final Queue<ClientRequest.Execute> received = new ConcurrentLinkedQueue<>();
        private final Queue<ClientRequest> requests = new ConcurrentLinkedQueue<>();
        private final Queue<String> executed = new ConcurrentLinkedQueue<>();
        /** Of commands that were given to a connection: of a send that began, until it says that it sent nothing. */
        private final Queue<String> given = new ConcurrentLinkedQueue<>();
        private final Queue<Connection> current = new ConcurrentLinkedQueue<>();
        private final CountDownLatch hanging = new CountDownLatch(1);
        private final LinkedBlockingQueue<ClientRequest> arrivals = new LinkedBlockingQueue<>();
        private final AtomicLong connects = new AtomicLong();
        private final AtomicLong sends = new AtomicLong();
        private final AtomicLong closes = new AtomicLong();
        private volatile Script script;
        private volatile boolean isHanging;
        private volatile boolean hangsForGood;
        private volatile boolean isStranger;
        private volatile boolean isOfAnotherCluster;
        private volatile boolean refusesToSend;
        private volatile boolean failsToFlush;
        private volatile CountDownLatch sendBlocks = new CountDownLatch(0);

        private Server(String address) {
            this.address = address;
        }

        Server script(Script next) {
            script = next;
            return this;
        }

        Script script() {
            return script;
        }

        Server leads() {
            return script((connection, request) -> {
                switch (request) {
                    case ClientRequest.Execute execute -> connection.commit(execute);
                    case ClientRequest.ExecuteInSession execute -> connection.commit(
                            new ClientRequest.Execute(execute.id(), execute.timeLeftMs(), execute.command()));
                    case ClientRequest.CloseSession close -> connection.reply(new ClientReply.CommandAnswered(
                            close.id(), new Outcome.Committed(1, Result.ok()), ""));
                    case ClientRequest.OpenSession open ->
                        connection.reply(new ClientReply.SessionNamed(open.id(), 1));
                    case ClientRequest.NameSession name ->
                        connection.reply(new ClientReply.SessionNamed(name.id(), name.session()));
                    case ClientRequest.Status status -> connection.reply(
                            new ClientReply.StatusAnswered(status.id(), "{\"node\":\"" + address + "\"}"));
                    case ClientRequest.TransferLeadership transfer -> connection.reply(
                            new ClientReply.TransferAnswered(transfer.id(), new TransferOutcome.Transferred(
                                    transfer.to().value())));
                    case ClientRequest.TakeSnapshot take -> connection.reply(new ClientReply.SnapshotAnswered(
                            take.id(), new SnapshotOutcome.Taken(42, take.timeLeftMs(), Duration.ZERO)));
                    case ClientRequest.Query query -> connection.answerQuery(query, "");
                }
            });
        }

        Server follows(String leaderAddress) {
            return script((connection, request) -> connection.reject(request, Reason.NOT_LEADER, leaderAddress));
        }

        Server swallows() {
            return script((connection, request) -> { });
        }

        Server breaksOn() {
            return script((connection, request) -> connection.close());
        }

        /** Connects do not return before their timeout. */
        Server hangs() {
            isHanging = true;
            return this;
        }

        /** Connects do not return before {@link #goesOn}, whatever their timeout. */
        Server hangsForGood() {
            hangsForGood = true;
            return hangs();
        }

        /** Connects that hang return. */
        void goesOn() {
            hanging.countDown();
        }

        Server isNoDriftless() {
            isStranger = true;
            return this;
        }

        Server isOfAnotherCluster() {
            isOfAnotherCluster = true;
            return this;
        }

        /** Sends find the connection gone, and send nothing. */
        Server refusesToSend(boolean refuses) {
            refusesToSend = refuses;
            return this;
        }

        /** Against its contract, what was held is not sent but thrown upon. */
        Server failsToFlush(boolean fails) {
            failsToFlush = fails;
            return this;
        }

        /** Sends wait for room until the latch opens. */
        Server sendsBlockOn(CountDownLatch latch) {
            sendBlocks = latch;
            return this;
        }

        /** Refuses connections and breaks those that stand. */
        void dies() {
            script = null;
            breaks();
        }

        /** Breaks the connections that stand. */
        void breaks() {
            current.forEach(Connection::close);
        }

        int received() {
            return received.size();
        }

        /** Everything that arrived of this kind, in order. */
        <T extends ClientRequest> List<T> requests(Class<T> kind) {
            return requests.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        List<String> executed() {
            return List.copyOf(executed);
        }

        /** Whether this command may arrive, or has: a connection to this server was given it, and did not refuse it. */
        boolean isGiven(String command) {
            return given.contains(command);
        }

        long connects() {
            return connects.get();
        }

        /** How many sends have begun. */
        long sends() {
            return sends.get();
        }

        /** How many connections the client knows to be gone. */
        long closes() {
            return closes.get();
        }

        /** Waits until one more request has arrived. */
        ClientRequest awaitArrival() throws InterruptedException {
            ClientRequest request = arrivals.poll(60, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("nothing arrived at " + address);
            }
            return request;
        }
    }

    private static Optional<String> command(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Execute execute -> Optional.of(execute.command().utf8());
            case ClientRequest.ExecuteInSession execute -> Optional.of(execute.command().utf8());
            case ClientRequest.OpenSession open -> Optional.empty();
            case ClientRequest.NameSession name -> Optional.empty();
            case ClientRequest.CloseSession close -> Optional.empty();
            case ClientRequest.Status status -> Optional.empty();
            case ClientRequest.TakeSnapshot take -> Optional.empty();
            case ClientRequest.TransferLeadership transfer -> Optional.empty();
            case ClientRequest.Query query -> Optional.empty();
        };
    }

    /** One connection; its requests are handled, and its replies delivered, by one thread. */
    final class Connection implements ClientChannel {
        private final Server server;
        private final Listener listener;
        private final AtomicBoolean isClosed = new AtomicBoolean();
        private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();

        private Connection(Server server, Listener listener) {
            this.server = server;
            this.listener = listener;
            Thread.ofVirtual().start(() -> {
                try {
                    while (!isClosed.get()) {
                        work.take().run();
                    }
                } catch (InterruptedException impossible) {
                    throw new AssertionError(impossible);
                }
                listener.closed("connection reset");
                server.closes.incrementAndGet();
            });
        }

        @Override
        public boolean send(ClientRequest request) {
            Optional<String> command = command(request);
            command.ifPresent(server.given::add);
            boolean isSent = put(request);
            if (!isSent) {
                command.ifPresent(server.given::remove);
            }
            return isSent;
        }

        private boolean put(ClientRequest request) {
            server.sends.incrementAndGet();
            boolean wasInterrupted = false;
            while (true) {
                try {
                    server.sendBlocks.await();
                    break;
                } catch (InterruptedException interrupted) {
                    wasInterrupted = true;
                }
            }
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
            if (server.refusesToSend) {
                close();
            }
            if (isClosed.get()) {
                return false;
            }
            work.add(() -> {
                Script script = server.script;
                if (isClosed.get() || script == null) {
                    return;
                }
                server.requests.add(request);
                if (request instanceof ClientRequest.Execute execute) {
                    server.received.add(execute);
                }
                script.received(this, request);
                server.arrivals.add(request);
            });
            return true;
        }

        @Override
        public void flush() {
            if (server.failsToFlush) {
                throw new IllegalStateException("scripted");
            }
        }

        void commit(ClientRequest.Execute execute) {
            apply(execute);
            reply(new ClientReply.CommandAnswered(execute.id(), new Outcome.Committed(index.incrementAndGet(),
                    Result.ok(execute.command().toByteArray())), ""));
        }

        /** Executes without a word. */
        void apply(ClientRequest.Execute execute) {
            server.executed.add(execute.command().utf8());
        }

        void reject(ClientRequest request, Reason reason, String leaderAddress) {
            answer(request, new Outcome.Rejected(reason, "scripted", Duration.ZERO), leaderAddress);
        }

        void answer(ClientRequest request, Outcome outcome, String leaderAddress) {
            reply(new ClientReply.CommandAnswered(request.id(), outcome, leaderAddress));
        }

        /** With the query itself; {@code leaderAddress} is empty if this server leads. */
        void answerQuery(ClientRequest request, String leaderAddress) {
            reply(new ClientReply.QueryAnswered(request.id(), new QueryOutcome.Answered(index.get(), Result.ok(
                    ((ClientRequest.Query) request).query().toByteArray()), Optional.empty()), leaderAddress));
        }

        void failQuery(ClientRequest request, QueryOutcome.Reason reason, String leaderAddress) {
            reply(new ClientReply.QueryAnswered(request.id(), new QueryOutcome.Failed(reason, "scripted"),
                    leaderAddress));
        }

        /** In one go. */
        void reply(ClientReply... replies) {
            work.add(() -> listener.replied(List.of(replies)));
        }

        /** Does something behind the replies. */
        void then(Runnable thing) {
            work.add(thing);
        }

        @Override
        public void close() {
            if (isClosed.compareAndSet(false, true)) {
                work.add(() -> { });
            }
        }
    }
}
