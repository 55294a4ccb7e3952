package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeStatus;
import io.driftless.raft.CoreStatus;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Where clients' requests come in: what can be refused is refused here, before it can have an index. Thread safe. */
final class ClientDoor {

    private static final long TIME_LEFT_MAX_MS = 86_400_000;
    private static final long SESSION_TIMEOUT_MIN_MS = 1_000;
    private static final long SESSION_TIMEOUT_MAX_MS = 86_400_000;
    private static final long SESSION_RESULT_BYTES_MAX = 16 << 20;
    /** What is overloaded now is not in a moment: about as long as a few syncs take. */
    private static final Duration RETRY_AFTER = Duration.ofMillis(10);
    /** Queries, and questions for the status, that wait, in all connections together. */
    private static final int QUESTIONS_MAX = 4_096;
    private static final long QUESTIONS_BYTES_MAX = 16 << 20;
    private static final Duration SHORTAGE_RETRY = Duration.ofSeconds(1);

    private final NodeConfig config;
    private final LongSupplier clock;
    private final NodeLoop loop;
    private final ApplyQueue apply;
    private final Proposals proposals;
    private final QueryQueue queries;
    /** When the age of the state was asked for. */
    private volatile long refreshedNs;
    private final Function<CoreStatus, NodeStatus> statusOf;
    private final Engine.Heap heap;
    private final HungMachine hungMachine;
    private final SessionDoor sessions;
    private final Snapshots snapshots;
    private final Serializer serializer;
    /** The body of an entry that changes nothing. */
    private final Bytes noRenewal;
    private final Admission reading = new Admission(QUESTIONS_MAX, QUESTIONS_BYTES_MAX);
    /** Apart from queries, which may wait for long: how the node is, is to be seen all the same. */
    private final Admission questions = new Admission(QUESTIONS_MAX, QUESTIONS_BYTES_MAX);
    private volatile boolean stopping;

    /** Who takes snapshots when asked: {@link SnapshotTaker#ask}. */
    interface Snapshots {
        void want(long timeLeftNs, Consumer<SnapshotOutcome> asker);
    }

    /** Of a run that is being made, all but this one. */
    ClientDoor(Assembly made, NodeConfig config, HungMachine hungMachine, Serializer serializer) {
        this(config, made.clock, made.loop, made.apply, made.proposals, made.queries, made.status::of, made.heap,
                hungMachine, made.sessions, made.snapshots.taker::ask, serializer);
    }

    /** Of these parts. */
    ClientDoor(NodeConfig config, LongSupplier clock, NodeLoop loop, ApplyQueue apply, Proposals proposals,
            QueryQueue queries, Function<CoreStatus, NodeStatus> statusOf, Engine.Heap heap, HungMachine hungMachine,
            SessionDoor sessions, Snapshots snapshots, Serializer serializer) {
        this.config = config;
        this.clock = clock;
        this.loop = loop;
        this.apply = apply;
        this.proposals = proposals;
        this.queries = queries;
        this.statusOf = statusOf;
        this.heap = heap;
        this.hungMachine = hungMachine;
        this.sessions = sessions;
        this.snapshots = snapshots;
        this.serializer = serializer;
        this.noRenewal = RecordBodies.encode(serializer, new RecordBody.SessionsRenewal(
                Collections.emptySortedMap()));
    }

    /** From now on commands are rejected. */
    void stopAccepting() {
        stopping = true;
    }

    /** Requests that a transport's thread has read; it may own the core. */
    void requested(ClientConnection connection, List<ClientRequest> requests) {
        List<Input> inputs = admit(connection, requests);
        if (!inputs.isEmpty()) {
            // A client's reader never waits for the disk: when it hangs, what the client sends next on this connection
            // must be read all the same, to be told that this server leads no more.
            loop.bring(inputs, Leisure.APPLY);
        }
    }

    /** A request of a client in this process: its thread only queues. */
    void requestedHere(ClientConnection connection, ClientRequest request) {
        admit(connection, List.of(request)).forEach(loop::bringAndHandOver);
    }

    private List<Input> admit(ClientConnection connection, List<ClientRequest> requests) {
        List<Pending> commands = new ArrayList<>(requests.size());
        List<PendingQuery> reads = new ArrayList<>(0);
        boolean answered = false;
        long nowNs = clock.getAsLong();
        for (ClientRequest request : requests) {
            answered |= switch (request) {
                case ClientRequest.Execute execute -> refuse(commands, Pending.command(connection, execute.id(),
                        deadlineNs(nowNs, execute.timeLeftMs()), execute.command()));
                case ClientRequest.ExecuteInSession execute -> refuse(commands, command(connection, execute, nowNs));
                case ClientRequest.OpenSession open -> refuse(commands, opening(connection, open, nowNs));
                case ClientRequest.NameSession name -> refuse(commands, new Pending(connection, name.id(),
                        Long.MAX_VALUE, Pending.Want.NAMING, sessions.name(connection, name.session(), name.nonce()),
                        0, 0, noRenewal));
                case ClientRequest.CloseSession close -> refuse(commands, closing(connection, close, nowNs));
                case ClientRequest.Query query -> refuse(reads, connection, query, nowNs);
                case ClientRequest.Status status -> refuse(connection, status);
                case ClientRequest.TakeSnapshot take -> takeSnapshot(connection, take);
                case ClientRequest.TransferLeadership transfer -> transfer(connection, transfer, nowNs);
            };
        }
        if (answered) {
            connection.flush();
        }
        List<Input> inputs = new ArrayList<>(2);
        if (!commands.isEmpty()) {
            inputs.add(new Input.Commands(new CommandBatch(commands)));
        }
        if (!reads.isEmpty()) {
            inputs.add(new Input.Read(reads));
        }
        return inputs;
    }

    private Pending command(ClientConnection connection, ClientRequest.ExecuteInSession execute, long nowNs) {
        NamedSession session = sessions.namedBy(connection);
        if (session != null) {
            session.wantsFrom(execute.lowestWanted());
        }
        return new Pending(connection, execute.id(), deadlineNs(nowNs, execute.timeLeftMs()), Pending.Want.COMMAND,
                session, execute.serial(), execute.lowestWanted(), execute.command());
    }

    /** What the client asks for, within what this node allows: what counts on apply is what the entry says. */
    private Pending opening(ClientConnection connection, ClientRequest.OpenSession open, long nowNs) {
        Bytes body = RecordBodies.encode(serializer, new RecordBody.SessionOpening(open.nonce(),
                Math.clamp(open.timeoutMs(), SESSION_TIMEOUT_MIN_MS, SESSION_TIMEOUT_MAX_MS),
                Math.clamp(open.window(), 1, LogEntry.DISTANCE_MAX),
                Math.clamp(open.resultBytesMax(), 0, SESSION_RESULT_BYTES_MAX), config.sessionsMax(),
                config.sessionResultBytes()));
        return new Pending(connection, open.id(), deadlineNs(nowNs, open.timeLeftMs()), Pending.Want.OPENING,
                sessions.name(connection, 0, open.nonce()), 0, 0, body);
    }

    private Pending closing(ClientConnection connection, ClientRequest.CloseSession close, long nowNs) {
        NamedSession named = sessions.namedBy(connection);
        // One that is not open yet may be at any moment, and what is written here would be of no session.
        NamedSession session = named == null || named.id() == 0 ? null : named;
        Bytes body = session == null ? Bytes.EMPTY
                : RecordBodies.encode(serializer, new RecordBody.SessionClosing(session.id()));
        return new Pending(connection, close.id(), deadlineNs(nowNs, close.timeLeftMs()), Pending.Want.CLOSING,
                session, 0, 0, body);
    }

    /** Takes what has room, and answers the rest; whether that was answered. */
    private boolean refuse(List<Pending> commands, Pending pending) {
        ClientReply refusal = refusal(pending);
        if (refusal == null) {
            commands.add(pending);
            return false;
        }
        pending.connection().reply(refusal);
        return true;
    }

    private boolean refuse(List<PendingQuery> reads, ClientConnection connection, ClientRequest.Query query,
            long nowNs) {
        queries.count().came();
        String shortage = heap.shortage();
        if (!shortage.isEmpty()) {
            heap.refused();
        } else {
            shortage = hungMachine.complaint();
        }
        if (stopping) {
            return failed(connection, query, QueryOutcome.Reason.CLOSED, "the node is stopping");
        }
        if (!shortage.isEmpty()) {
            return failed(connection, query, QueryOutcome.Reason.OVERLOADED, shortage);
        }
        if (!reading.take(query.query().length())) {
            return failed(connection, query, QueryOutcome.Reason.OVERLOADED, reading.refusal("read"));
        }
        PendingQuery pending = new PendingQuery(connection, query.id(), deadlineNs(nowNs, query.timeLeftMs()),
                query.query(), reading, queries.count());
        switch (query.consistency()) {
            case Consistency.Linearizable all -> reads.add(pending);
            case Consistency.AtLeast(long index) -> atIndex(pending, index);
            case Consistency.Stale any -> {
                refreshAge(nowNs);
                atIndex(pending, 0);
            }
        }
        return false;
    }

    private boolean failed(ClientConnection connection, ClientRequest.Query query, QueryOutcome.Reason reason,
            String detail) {
        QueryOutcome outcome = new QueryOutcome.Failed(reason, detail);
        queries.count().over(outcome);
        connection.reply(new ClientReply.QueryAnswered(query.id(), outcome, loop.leaderAddress()));
        return true;
    }

    private void atIndex(PendingQuery query, long index) {
        Replies replies = new Replies();
        queries.add(List.of(query), index, QueryQueue.NEVER, replies);
        replies.flush();
        apply.lookSoon();
    }

    /** Has it found out how old the state is, unless that was done not long ago; nobody waits for it. */
    private void refreshAge(long nowNs) {
        if (nowNs - Math.max(queries.freshNs(), refreshedNs) > config.heartbeatInterval().toNanos()) {
            refreshedNs = nowNs;
            loop.bringAndHandOver(new Input.Read(List.of()));
        }
    }

    private boolean refuse(ClientConnection connection, ClientRequest.Status status) {
        if (!questions.take(0)) {
            connection.reply(new Answer.Refused(Outcome.Reason.OVERLOADED, questions.refusal("question"), RETRY_AFTER)
                    .to(status.id()));
            return true;
        }
        apply.refreshGauges();
        loop.bringAndHandOver(new Input.Ask(core -> {
            questions.give(0);
            connection.reply(new ClientReply.StatusAnswered(status.id(), statusOf.apply(core).toJson()));
            connection.flush();
        }));
        return false;
    }

    private boolean takeSnapshot(ClientConnection connection, ClientRequest.TakeSnapshot take) {
        snapshots.want(Math.clamp(take.timeLeftMs(), 0, TIME_LEFT_MAX_MS) * 1_000_000, outcome -> {
            connection.reply(new ClientReply.SnapshotAnswered(take.id(), outcome));
            connection.flush();
        });
        return false;
    }

    private boolean transfer(ClientConnection connection, ClientRequest.TransferLeadership transfer, long nowNs) {
        if (!questions.take(0)) {
            connection.reply(new ClientReply.TransferAnswered(transfer.id(), new TransferOutcome.NotTransferred(
                    TransferOutcome.Reason.BUSY, questions.refusal("question"))));
            return true;
        }
        loop.bringAndHandOver(new Input.Transfer(transfer.to(), deadlineNs(nowNs, transfer.timeLeftMs()),
                outcome -> {
                    questions.give(0);
                    connection.reply(new ClientReply.TransferAnswered(transfer.id(), outcome));
                    connection.flush();
                }));
        return false;
    }

    private @Nullable ClientReply refusal(Pending pending) {
        if (stopping) {
            return refused(pending, Outcome.Reason.CLOSED, "the node is stopping", Duration.ZERO);
        }
        if (pending.isAboutNoSession()) {
            // Not expired: it may live, and its client must name it first.
            return loop.notLeading(pending.id());
        }
        int bytes = pending.payload().length();
        if (bytes > config.entryBytesMax()) {
            return refused(pending, Outcome.Reason.TOO_LARGE, "the command has " + bytes
                    + " bytes, log.max.entry.bytes is " + config.entryBytesMax(), Duration.ZERO);
        }
        // One that does not lead names the leader, which may have room; and it refuses no command for its own heap:
        // no reason to have that collected.
        if (loop.leads()) {
            String shortage = heap.shortage();
            if (!shortage.isEmpty()) {
                heap.refused();
                return refused(pending, Outcome.Reason.OVERLOADED, shortage, SHORTAGE_RETRY);
            }
            String hangs = hungMachine.complaint();
            if (!hangs.isEmpty()) {
                return refused(pending, Outcome.Reason.OVERLOADED, hangs, SHORTAGE_RETRY);
            }
        }
        if (!proposals.admit(pending.payload())) {
            // What it took in as a leader may hold its room until the new leader has overwritten or committed it.
            return loop.leads() ? refused(pending, Outcome.Reason.OVERLOADED, proposals.refusal(), RETRY_AFTER)
                    : loop.notLeading(pending.id());
        }
        return null;
    }

    private static ClientReply refused(Pending pending, Outcome.Reason reason, String detail, Duration retryAfter) {
        return new Answer.Refused(reason, detail, retryAfter).to(pending.id());
    }

    private static long deadlineNs(long nowNs, long timeLeftMs) {
        return nowNs + Math.clamp(timeLeftMs, 0, TIME_LEFT_MAX_MS) * 1_000_000;
    }
}
