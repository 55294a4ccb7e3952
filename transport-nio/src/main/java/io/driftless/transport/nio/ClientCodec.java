package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Requests and replies as frames, in a fixed binary form: big-endian fields in the body, and the one long run of bytes
 * (command, query, result, JSON) as the payload. Texts are a length of two bytes and UTF-8. The codes are part of the
 * protocol and never change. Stateless.
 *
 * <pre>
 * request   kind 1, id 8, and by kind
 *           1 execute: time left in ms 8, payload command;  2 query: time left in ms 8, consistency 1, index 8, payload
 *           query;  3 status;
 *           4 open a session: time left in ms 8, nonce 16, time-out in ms 8, window 4, bytes of results 8;
 *           5 name a session: session 8, nonce 16;  6 close the session: time left in ms 8;
 *           7 execute in the session: time left in ms 8, serial 8, lowest wanted 8, payload command;
 *           8 take a snapshot: time left in ms 8;  9 hand leadership over: time left in ms 8, name text
 * reply     kind 1, id 8, and by kind
 *           1 executed: leader's address text, outcome;  2 query: leader's address text, then 1 answered: index 8,
 *           age in ns 8 or -1, result, or 2 failed: reason 1, detail text;
 *           3 status: payload JSON;  4 goodbye: the id is the highest request that was read, why 1;
 *           5 session named: session 8;  6 out of order: expected serial 8;
 *           7 snapshot: 1 taken: index 8, bytes 8, took in ns 8;  2 not taken: reason 1, newest index 8, detail text;
 *           8 transfer: 1 handed over: name text;  2 not: reason 1, detail text
 * outcome   kind 1, and by kind
 *           1 committed: index 8, result;  2 rejected: reason 1, detail text, retry after in ms 8;
 *           3 unknown: why 1
 * result    code 4, payload value
 * consistency  1 linearizable, 2 stale, 3 at least the index, which is 0 with the others
 * </pre>
 */
final class ClientCodec {

    private static final int HEAD_BYTES = Frame.HEADER_BYTES + 96;
    private static final int TEXT_BYTES_MAX = 4096;
    private static final int EXECUTE = 1;
    private static final int QUERY = 2;
    private static final int STATUS = 3;
    private static final int GOODBYE = 4;
    private static final int OPEN_SESSION = 4;
    private static final int NAME_SESSION = 5;
    private static final int CLOSE_SESSION = 6;
    private static final int EXECUTE_IN_SESSION = 7;
    private static final int SESSION_NAMED = 5;
    private static final int OUT_OF_ORDER = 6;
    private static final int TAKE_SNAPSHOT = 8;
    private static final int SNAPSHOT = 7;
    private static final int TRANSFER_LEADERSHIP = 9;
    private static final int TRANSFER = 8;
    private static final int TRANSFERRED = 1;
    private static final int NOT_TRANSFERRED = 2;
    private static final int TAKEN = 1;
    private static final int NOT_TAKEN = 2;
    private static final int COMMITTED = 1;
    private static final int REJECTED = 2;
    private static final int UNKNOWN = 3;
    private static final int LINEARIZABLE = 1;
    private static final int STALE = 2;
    private static final int AT_LEAST = 3;
    private static final int ANSWERED = 1;
    private static final int FAILED = 2;
    private static final long NO_AGE = -1;

    private ClientCodec() { }

    /** The request as a frame; for {@code received} see {@link Frame}. */
    static Outgoing encode(ClientRequest request, long received) {
        WireWriter writer = new WireWriter(Frame.HEADER_BYTES, HEAD_BYTES);
        Bytes payload = switch (request) {
            case ClientRequest.Execute execute -> {
                writer.putByte(EXECUTE).putLong(execute.id()).putLong(execute.timeLeftMs());
                yield execute.command();
            }
            case ClientRequest.ExecuteInSession execute -> {
                writer.putByte(EXECUTE_IN_SESSION).putLong(execute.id()).putLong(execute.timeLeftMs())
                        .putLong(execute.serial()).putLong(execute.lowestWanted());
                yield execute.command();
            }
            case ClientRequest.OpenSession open -> {
                writer.putByte(OPEN_SESSION).putLong(open.id()).putLong(open.timeLeftMs()).putUuid(open.nonce())
                        .putLong(open.timeoutMs()).putInt(open.window()).putLong(open.resultBytesMax());
                yield Bytes.EMPTY;
            }
            case ClientRequest.NameSession name -> {
                writer.putByte(NAME_SESSION).putLong(name.id()).putLong(name.session()).putUuid(name.nonce());
                yield Bytes.EMPTY;
            }
            case ClientRequest.CloseSession close -> {
                writer.putByte(CLOSE_SESSION).putLong(close.id()).putLong(close.timeLeftMs());
                yield Bytes.EMPTY;
            }
            case ClientRequest.Query query -> {
                put(writer.putByte(QUERY).putLong(query.id()).putLong(query.timeLeftMs()), query.consistency());
                yield query.query();
            }
            case ClientRequest.Status status -> {
                writer.putByte(STATUS).putLong(status.id());
                yield Bytes.EMPTY;
            }
            case ClientRequest.TakeSnapshot take -> {
                writer.putByte(TAKE_SNAPSHOT).putLong(take.id()).putLong(take.timeLeftMs());
                yield Bytes.EMPTY;
            }
            case ClientRequest.TransferLeadership transfer -> {
                writer.putByte(TRANSFER_LEADERSHIP).putLong(transfer.id()).putLong(transfer.timeLeftMs())
                        .putText(transfer.to().value(), TEXT_BYTES_MAX);
                yield Bytes.EMPTY;
            }
        };
        return Frame.outgoing(Frame.Type.CLIENT_REQUEST, writer.array(), writer.length(), List.of(payload), received);
    }

    /** The request of a frame; {@link MalformedException} if it holds none. */
    static ClientRequest request(Frame frame) {
        WireReader reader = new WireReader(frame.array(), frame.bodyOffset(), frame.bodyLength());
        int kind = reader.nextByte();
        long id = reader.nextLong();
        ClientRequest request;
        try {
            request = request(kind, id, reader, frame);
        } catch (IllegalArgumentException outOfRange) {
            throw reader.malformed(String.valueOf(outOfRange.getMessage()));
        }
        reader.end();
        return request;
    }

    private static ClientRequest request(int kind, long id, WireReader reader, Frame frame) {
        return switch (kind) {
            case EXECUTE -> new ClientRequest.Execute(id, reader.nextLong(), frame.payload());
            case QUERY -> new ClientRequest.Query(id, reader.nextLong(), consistency(reader), frame.payload());
            case STATUS -> new ClientRequest.Status(id);
            case TAKE_SNAPSHOT -> new ClientRequest.TakeSnapshot(id, reader.nextLong());
            case TRANSFER_LEADERSHIP -> new ClientRequest.TransferLeadership(id, reader.nextLong(),
                    new ServerId(reader.nextText(TEXT_BYTES_MAX)));
            case OPEN_SESSION -> new ClientRequest.OpenSession(id, reader.nextLong(), reader.nextUuid(),
                    reader.nextLong(), reader.nextInt(), reader.nextLong());
            case NAME_SESSION -> new ClientRequest.NameSession(id, reader.nextLong(), reader.nextUuid());
            case CLOSE_SESSION -> new ClientRequest.CloseSession(id, reader.nextLong());
            case EXECUTE_IN_SESSION -> new ClientRequest.ExecuteInSession(id, reader.nextLong(), reader.nextLong(),
                    reader.nextLong(), frame.payload());
            default -> throw reader.malformed("a request of kind " + kind);
        };
    }

    /** The reply as a frame; for {@code received} see {@link Frame}. */
    static Outgoing encode(ClientReply reply, long received) {
        WireWriter writer = new WireWriter(Frame.HEADER_BYTES, HEAD_BYTES);
        Bytes payload = switch (reply) {
            case ClientReply.CommandAnswered answered -> {
                writer.putByte(EXECUTE).putLong(answered.id()).putText(answered.leaderAddress(), TEXT_BYTES_MAX);
                yield put(writer, answered.outcome());
            }
            case ClientReply.QueryAnswered answer -> {
                writer.putByte(QUERY).putLong(answer.id()).putText(answer.leaderAddress(), TEXT_BYTES_MAX);
                yield put(writer, answer.outcome());
            }
            case ClientReply.StatusAnswered answer -> {
                writer.putByte(STATUS).putLong(answer.id());
                yield Bytes.utf8(answer.json());
            }
            case ClientReply.SnapshotAnswered answer -> {
                put(writer.putByte(SNAPSHOT).putLong(answer.id()), answer.outcome());
                yield Bytes.EMPTY;
            }
            case ClientReply.TransferAnswered answer -> {
                put(writer.putByte(TRANSFER).putLong(answer.id()), answer.outcome());
                yield Bytes.EMPTY;
            }
            case ClientReply.SessionNamed named -> {
                writer.putByte(SESSION_NAMED).putLong(named.id()).putLong(named.session());
                yield Bytes.EMPTY;
            }
            case ClientReply.OutOfOrder refused -> {
                writer.putByte(OUT_OF_ORDER).putLong(refused.id()).putLong(refused.expected());
                yield Bytes.EMPTY;
            }
            case ClientReply.Goodbye goodbye -> {
                writer.putByte(GOODBYE).putLong(goodbye.id()).putByte(ReasonCodes.code(goodbye.why()));
                yield Bytes.EMPTY;
            }
        };
        return Frame.outgoing(Frame.Type.CLIENT_REPLY, writer.array(), writer.length(), List.of(payload), received);
    }

    /** The reply of a frame; {@link MalformedException} if it holds none. */
    static ClientReply reply(Frame frame) {
        WireReader reader = new WireReader(frame.array(), frame.bodyOffset(), frame.bodyLength());
        int kind = reader.nextByte();
        long id = reader.nextLong();
        ClientReply reply = switch (kind) {
            case EXECUTE -> {
                String leaderAddress = reader.nextText(TEXT_BYTES_MAX);
                yield new ClientReply.CommandAnswered(id, outcome(reader, frame), leaderAddress);
            }
            case QUERY -> {
                String leaderAddress = reader.nextText(TEXT_BYTES_MAX);
                yield new ClientReply.QueryAnswered(id, query(reader, frame), leaderAddress);
            }
            case STATUS -> new ClientReply.StatusAnswered(id, frame.payload().utf8());
            case SNAPSHOT -> new ClientReply.SnapshotAnswered(id, snapshot(reader));
            case TRANSFER -> new ClientReply.TransferAnswered(id, transfer(reader));
            case GOODBYE -> new ClientReply.Goodbye(id, ReasonCodes.why(reader));
            case SESSION_NAMED -> new ClientReply.SessionNamed(id, reader.nextLong());
            case OUT_OF_ORDER -> new ClientReply.OutOfOrder(id, reader.nextLong());
            default -> throw reader.malformed("a reply of kind " + kind);
        };
        reader.end();
        return reply;
    }

    private static Bytes put(WireWriter writer, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Committed committed ->
                    put(writer.putByte(COMMITTED).putLong(committed.index()), committed.result());
            case Outcome.Rejected rejected -> {
                writer.putByte(REJECTED).putByte(ReasonCodes.code(rejected.reason()))
                        .putText(rejected.detail(), TEXT_BYTES_MAX).putLong(rejected.retryAfter().toMillis());
                yield Bytes.EMPTY;
            }
            case Outcome.Unknown unknown -> {
                writer.putByte(UNKNOWN).putByte(ReasonCodes.code(unknown.why()));
                yield Bytes.EMPTY;
            }
        };
    }

    private static void put(WireWriter writer, Consistency consistency) {
        switch (consistency) {
            case Consistency.Linearizable linearizable -> writer.putByte(LINEARIZABLE).putLong(0);
            case Consistency.Stale stale -> writer.putByte(STALE).putLong(0);
            case Consistency.AtLeast(long index) -> writer.putByte(AT_LEAST).putLong(index);
        }
    }

    private static Consistency consistency(WireReader reader) {
        int kind = reader.nextByte();
        long index = reader.nextLong();
        if (kind != AT_LEAST && index != 0) {
            throw reader.malformed("a query of consistency " + kind + " with index " + index);
        }
        return switch (kind) {
            case LINEARIZABLE -> Consistency.LINEARIZABLE;
            case STALE -> Consistency.STALE;
            case AT_LEAST -> Consistency.atLeast(index);
            default -> throw reader.malformed("a consistency of kind " + kind);
        };
    }

    private static Bytes put(WireWriter writer, QueryOutcome outcome) {
        return switch (outcome) {
            case QueryOutcome.Answered answered -> put(writer.putByte(ANSWERED).putLong(answered.index())
                    .putLong(answered.age().map(Duration::toNanos).orElse(NO_AGE)), answered.result());
            case QueryOutcome.Failed failed -> {
                writer.putByte(FAILED).putByte(ReasonCodes.code(failed.reason()))
                        .putText(failed.detail(), TEXT_BYTES_MAX);
                yield Bytes.EMPTY;
            }
        };
    }

    private static QueryOutcome query(WireReader reader, Frame frame) {
        int kind = reader.nextByte();
        return switch (kind) {
            case ANSWERED -> {
                long index = reader.nextLong();
                long ageNs = reader.nextLong();
                if (index < 0 || ageNs < NO_AGE) {
                    throw reader.malformed("a query answered at index " + index + ", " + ageNs + " ns old");
                }
                yield new QueryOutcome.Answered(index, result(reader, frame),
                        ageNs == NO_AGE ? Optional.empty() : Optional.of(Duration.ofNanos(ageNs)));
            }
            case FAILED -> new QueryOutcome.Failed(ReasonCodes.queryReason(reader), reader.nextText(TEXT_BYTES_MAX));
            default -> throw reader.malformed("the answer to a query of kind " + kind);
        };
    }

    private static Bytes put(WireWriter writer, Result result) {
        writer.putInt(result.code());
        return Bytes.wrap(result.value());
    }

    private static Outcome outcome(WireReader reader, Frame frame) {
        int kind = reader.nextByte();
        return switch (kind) {
            case COMMITTED -> {
                long index = reader.nextLong();
                if (index < 1) {
                    throw reader.malformed("a command committed at index " + index);
                }
                yield new Outcome.Committed(index, result(reader, frame));
            }
            case REJECTED -> new Outcome.Rejected(ReasonCodes.reason(reader), reader.nextText(TEXT_BYTES_MAX),
                    Duration.ofMillis(reader.nextLong()));
            case UNKNOWN -> new Outcome.Unknown(ReasonCodes.why(reader));
            default -> throw reader.malformed("an outcome of kind " + kind);
        };
    }

    private static Result result(WireReader reader, Frame frame) {
        int code = reader.nextInt();
        return code == 0 ? Result.ok(frame.payload().toByteArray()) : Result.failed(code, frame.payload().utf8());
    }

    private static void put(WireWriter writer, SnapshotOutcome outcome) {
        switch (outcome) {
            case SnapshotOutcome.Taken taken -> writer.putByte(TAKEN).putLong(taken.index()).putLong(taken.bytes())
                    .putLong(taken.took().toNanos());
            case SnapshotOutcome.NotTaken not -> writer.putByte(NOT_TAKEN).putByte(ReasonCodes.code(not.reason()))
                    .putLong(not.newest()).putText(not.detail(), TEXT_BYTES_MAX);
        }
    }

    private static SnapshotOutcome snapshot(WireReader reader) {
        int kind = reader.nextByte();
        try {
            return switch (kind) {
                case TAKEN -> new SnapshotOutcome.Taken(reader.nextLong(), reader.nextLong(),
                        Duration.ofNanos(reader.nextLong()));
                case NOT_TAKEN -> new SnapshotOutcome.NotTaken(ReasonCodes.notTaken(reader), reader.nextLong(),
                        reader.nextText(TEXT_BYTES_MAX));
                default -> throw reader.malformed("a snapshot's outcome of kind " + kind);
            };
        } catch (IllegalArgumentException outOfRange) {
            throw reader.malformed(String.valueOf(outOfRange.getMessage()));
        }
    }

    private static void put(WireWriter writer, TransferOutcome outcome) {
        switch (outcome) {
            case TransferOutcome.Transferred to -> writer.putByte(TRANSFERRED).putText(to.to(), TEXT_BYTES_MAX);
            case TransferOutcome.NotTransferred not -> writer.putByte(NOT_TRANSFERRED)
                    .putByte(ReasonCodes.code(not.reason())).putText(not.detail(), TEXT_BYTES_MAX);
        }
    }

    private static TransferOutcome transfer(WireReader reader) {
        int kind = reader.nextByte();
        return switch (kind) {
            case TRANSFERRED -> new TransferOutcome.Transferred(reader.nextText(TEXT_BYTES_MAX));
            case NOT_TRANSFERRED -> new TransferOutcome.NotTransferred(ReasonCodes.notTransferred(reader),
                    reader.nextText(TEXT_BYTES_MAX));
            default -> throw reader.malformed("a transfer's outcome of kind " + kind);
        };
    }
}
