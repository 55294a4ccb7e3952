package io.driftless.testkit;

import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a cluster holds of sessions, in the plainest way: one table for all its servers. As a script it is a leader that
 * commits everything at once. Thread safe.
 */
final class SessionTable implements ScriptedServers.Script {

    private final Map<Long, Row> rows = new LinkedHashMap<>();
    private final Map<ScriptedServers.Connection, Long> named = new LinkedHashMap<>();
    private final List<String> executed = new ArrayList<>();
    private long index;

    private static final class Row {
        private final UUID nonce;
        private final TreeMap<Long, Outcome> results = new TreeMap<>();
        private long floor;

        Row(UUID nonce) {
            this.nonce = nonce;
        }
    }

    @Override
    public void received(ScriptedServers.Connection connection, ClientRequest request) {
        connection.reply(answer(connection, request));
    }

    /** Does what is asked; the answer. */
    synchronized ClientReply answer(ScriptedServers.Connection connection, ClientRequest request) {
        return switch (request) {
            case ClientRequest.OpenSession open -> {
                long id = rows.entrySet().stream().filter(row -> row.getValue().nonce.equals(open.nonce()))
                        .map(Map.Entry::getKey).findFirst().orElse(0L);
                if (id == 0) {
                    id = ++index;
                    rows.put(id, new Row(open.nonce()));
                }
                named.put(connection, id);
                yield new ClientReply.SessionNamed(open.id(), id);
            }
            case ClientRequest.NameSession name -> {
                Row row = rows.get(name.session());
                if (row == null || !row.nonce.equals(name.nonce())) {
                    yield expired(name);
                }
                named.put(connection, name.session());
                yield new ClientReply.SessionNamed(name.id(), name.session());
            }
            case ClientRequest.ExecuteInSession execute ->
                execute(rows.get(named.getOrDefault(connection, 0L)), execute);
            case ClientRequest.CloseSession close -> {
                rows.remove(named.getOrDefault(connection, 0L));
                yield new ClientReply.CommandAnswered(close.id(), new Outcome.Committed(++index, Result.ok()), "");
            }
            case ClientRequest.Status status -> new ClientReply.StatusAnswered(status.id(), "{}");
            case ClientRequest.Execute plain -> throw new AssertionError("outside of any session: " + plain);
            case ClientRequest.TransferLeadership transfer -> throw new AssertionError("nobody asks " + transfer);
            case ClientRequest.TakeSnapshot take -> throw new AssertionError("nobody asks " + take);
            case ClientRequest.Query query -> new ClientReply.QueryAnswered(query.id(), new QueryOutcome.Answered(index,
                    Result.ok(query.query().toByteArray()), Optional.empty()), "");
        };
    }

    private ClientReply execute(Row row, ClientRequest.ExecuteInSession execute) {
        if (row == null) {
            return expired(execute);
        }
        if (execute.lowestWanted() > execute.serial() || execute.lowestWanted() < 1) {
            throw new AssertionError("the lowest wanted serial of " + execute);
        }
        row.floor = Math.max(row.floor, execute.lowestWanted() - 1);
        row.results.headMap(execute.lowestWanted()).clear();
        if (execute.serial() > row.floor + 1) {
            return new ClientReply.OutOfOrder(execute.id(), row.floor + 1);
        }
        if (execute.serial() == row.floor + 1) {
            String command = execute.command().utf8();
            executed.add(command);
            row.floor = execute.serial();
            row.results.put(execute.serial(), new Outcome.Committed(++index, Result.ok(execute.command()
                    .toByteArray())));
        }
        Outcome kept = row.results.get(execute.serial());
        return new ClientReply.CommandAnswered(execute.id(),
                kept == null ? new Outcome.Unknown(Outcome.Why.RESULT_NOT_KEPT) : kept, "");
    }

    private static ClientReply expired(ClientRequest request) {
        return new ClientReply.CommandAnswered(request.id(),
                new Outcome.Rejected(Reason.EXPIRED, "no such session", Duration.ZERO), "");
    }

    /** The same command, to be executed in the same session some time later, with nobody to hear the answer. */
    synchronized Runnable copy(ScriptedServers.Connection connection, ClientRequest.ExecuteInSession execute) {
        long id = named.getOrDefault(connection, 0L);
        return () -> executeCopy(id, execute);
    }

    private synchronized void executeCopy(long id, ClientRequest.ExecuteInSession execute) {
        execute(rows.get(id), execute);
    }

    /** Ends every session. */
    synchronized void expireAll() {
        rows.clear();
    }

    synchronized int sessions() {
        return rows.size();
    }

    /** The commands, in the order in which they were executed. */
    synchronized List<String> executed() {
        return List.copyOf(executed);
    }
}
