package io.driftless.node.driver;

import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeStatus;
import io.driftless.raft.CoreStatus;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Where clients' requests come in: what can be refused is refused here, before it can have an index. Thread safe. */
final class ClientDoor {

    private static final long TIME_LEFT_MAX_MS = 86_400_000;
    /** What is overloaded now is not in a moment: about as long as a few syncs take. */
    private static final Duration RETRY_AFTER = Duration.ofMillis(10);
    /** Local queries and questions for the status that wait, in all connections together. */
    private static final int QUESTIONS_MAX = 4_096;
    private static final long QUESTIONS_BYTES_MAX = 16 << 20;
    private static final Duration SHORTAGE_RETRY = Duration.ofSeconds(1);
    /** Code of the result of a local query that is not put to the state machine. */
    private static final int NOT_ASKED = -1;

    private final NodeConfig config;
    private final LongSupplier clock;
    private final NodeLoop loop;
    private final ApplyQueue apply;
    private final Proposals proposals;
    private final Function<CoreStatus, NodeStatus> statusOf;
    private final Engine.Heap heap;
    private final Admission questions = new Admission(QUESTIONS_MAX, QUESTIONS_BYTES_MAX);
    private volatile boolean stopping;

    ClientDoor(NodeConfig config, LongSupplier clock, NodeLoop loop, ApplyQueue apply, Proposals proposals,
            Function<CoreStatus, NodeStatus> statusOf, Engine.Heap heap) {
        this.config = config;
        this.clock = clock;
        this.loop = loop;
        this.apply = apply;
        this.proposals = proposals;
        this.statusOf = statusOf;
        this.heap = heap;
    }

    /** From now on commands are rejected. */
    void stopAccepting() {
        stopping = true;
    }

    /** Requests that a transport's thread has read; it may own the core. */
    void requested(ClientSession session, List<ClientRequest> requests) {
        List<Pending> commands = admit(session, requests);
        if (!commands.isEmpty()) {
            // A client's reader never waits for the disk: when it hangs, what the client sends next on this connection
            // must be read all the same, to be told that this server leads no more.
            loop.bring(new Input.Commands(new CommandBatch(commands)), Leisure.APPLY);
        }
    }

    /** A request of a client in this process: its thread only queues. */
    void requestedHere(ClientSession session, ClientRequest request) {
        List<Pending> commands = admit(session, List.of(request));
        if (!commands.isEmpty()) {
            loop.bringAndHandOver(new Input.Commands(new CommandBatch(commands)));
        }
    }

    private List<Pending> admit(ClientSession session, List<ClientRequest> requests) {
        List<Pending> commands = new ArrayList<>(requests.size());
        boolean answered = false;
        long nowNs = clock.getAsLong();
        for (ClientRequest request : requests) {
            switch (request) {
                case ClientRequest.Execute execute -> {
                    ClientReply.@Nullable CommandAnswered refusal = refusal(execute);
                    if (refusal == null) {
                        long leftMs = Math.clamp(execute.timeLeftMs(), 0, TIME_LEFT_MAX_MS);
                        commands.add(new Pending(session, execute.id(), nowNs + leftMs * 1_000_000, execute.command()));
                    } else {
                        session.reply(refusal);
                        answered = true;
                    }
                }
                case ClientRequest.LocalQuery query -> {
                    int bytes = query.query().length();
                    String shortage = heap.shortage();
                    if (!shortage.isEmpty()) {
                        heap.refused();
                    } else if (!questions.take(bytes)) {
                        shortage = questions.refusal("questions");
                    }
                    if (shortage.isEmpty()) {
                        apply.query(session, query, () -> questions.give(bytes));
                    } else {
                        session.reply(new ClientReply.QueryAnswered(query.id(), apply.applied(),
                                Result.failed(NOT_ASKED, shortage)));
                        answered = true;
                    }
                }
                case ClientRequest.Status status -> {
                    if (!questions.take(0)) {
                        session.reply(new ClientReply.CommandAnswered(status.id(), new Outcome.Rejected(
                                Outcome.Reason.OVERLOADED, questions.refusal("questions"), RETRY_AFTER), ""));
                        answered = true;
                        continue;
                    }
                    apply.refreshGauges();
                    loop.bringAndHandOver(new Input.Ask(core -> {
                        questions.give(0);
                        session.reply(new ClientReply.StatusAnswered(status.id(), statusOf.apply(core).toJson()));
                        session.flush();
                    }));
                }
            }
        }
        if (answered) {
            session.flush();
        }
        return commands;
    }

    private ClientReply.@Nullable CommandAnswered refusal(ClientRequest.Execute execute) {
        if (stopping) {
            return rejected(execute, Outcome.Reason.CLOSED, "the node is stopping", Duration.ZERO);
        }
        if (execute.command().length() > config.entryBytesMax()) {
            return rejected(execute, Outcome.Reason.TOO_LARGE, "the command has " + execute.command().length()
                    + " bytes, log.max.entry.bytes is " + config.entryBytesMax(), Duration.ZERO);
        }
        // One that does not lead names the leader, which may have room; and it refuses no command for its own heap:
        // no reason to have that collected.
        String shortage = loop.leads() ? heap.shortage() : "";
        if (!shortage.isEmpty()) {
            heap.refused();
            return rejected(execute, Outcome.Reason.OVERLOADED, shortage, SHORTAGE_RETRY);
        }
        if (!proposals.admit(execute.command())) {
            // What it took in as a leader may hold its room until the new leader has overwritten or committed it.
            return loop.leads() ? rejected(execute, Outcome.Reason.OVERLOADED, proposals.refusal(), RETRY_AFTER)
                    : loop.notLeading(execute.id());
        }
        return null;
    }

    private static ClientReply.CommandAnswered rejected(ClientRequest.Execute execute, Outcome.Reason reason,
            String detail, Duration retryAfter) {
        return new ClientReply.CommandAnswered(execute.id(), new Outcome.Rejected(reason, detail, retryAfter), "");
    }
}
