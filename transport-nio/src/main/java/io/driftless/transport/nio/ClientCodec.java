package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.List;

/**
 * Requests and replies as frames, in a fixed binary form: big-endian fields in the body, and the one long run of bytes
 * (command, query, result, JSON) as the payload. Texts are a length of two bytes and UTF-8. The codes are part of the
 * protocol and never change. Stateless.
 *
 * <pre>
 * request   kind 1, id 8, and by kind
 *           1 execute: time left in ms 8, payload command;  2 local query: payload query;  3 status;
 *           4 open a session: time left in ms 8, nonce 16, time-out in ms 8, window 4, bytes of results 8;
 *           5 name a session: session 8, nonce 16;  6 close the session: time left in ms 8;
 *           7 execute in the session: time left in ms 8, serial 8, lowest wanted 8, payload command;
 *           8 take a snapshot: time left in ms 8;  9 hand leadership over: time left in ms 8, name text
 * reply     kind 1, id 8, and by kind
 *           1 executed: leader's address text, outcome;  2 query answered: applied index 8, result;
 *           3 status: payload JSON;  4 goodbye: the id is the highest request that was read, why 1;
 *           5 session named: session 8;  6 out of order: expected serial 8;
 *           7 snapshot: 1 taken: index 8, bytes 8, took in ns 8;  2 not taken: reason 1, newest index 8, detail text;
 *           8 transfer: 1 handed over: name text;  2 not: reason 1, detail text
 * outcome   kind 1, and by kind
 *           1 committed: index 8, result;  2 rejected: reason 1, detail text, retry after in ms 8;
 *           3 unknown: why 1
 * result    code 4, payload value
 * </pre>
 */
final class ClientCodec {

    private static final int HEAD_BYTES = Frame.HEADER_BYTES + 96;
    private static final int TEXT_BYTES_MAX = 4096;
    private static final int EXECUTE = 1;
    private static final int LOCAL_QUERY = 2;
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
            case ClientRequest.LocalQuery query -> {
                writer.putByte(LOCAL_QUERY).putLong(query.id());
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
            case LOCAL_QUERY -> new ClientRequest.LocalQuery(id, frame.payload());
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
                writer.putByte(LOCAL_QUERY).putLong(answer.id()).putLong(answer.appliedIndex());
                yield put(writer, answer.result());
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
                writer.putByte(GOODBYE).putLong(goodbye.id()).putByte(code(goodbye.why()));
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
            case LOCAL_QUERY -> new ClientReply.QueryAnswered(id, reader.nextLong(), result(reader, frame));
            case STATUS -> new ClientReply.StatusAnswered(id, frame.payload().utf8());
            case SNAPSHOT -> new ClientReply.SnapshotAnswered(id, snapshot(reader));
            case TRANSFER -> new ClientReply.TransferAnswered(id, transfer(reader));
            case GOODBYE -> new ClientReply.Goodbye(id, why(reader));
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
                writer.putByte(REJECTED).putByte(code(rejected.reason())).putText(rejected.detail(), TEXT_BYTES_MAX)
                        .putLong(rejected.retryAfter().toMillis());
                yield Bytes.EMPTY;
            }
            case Outcome.Unknown unknown -> {
                writer.putByte(UNKNOWN).putByte(code(unknown.why()));
                yield Bytes.EMPTY;
            }
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
            case REJECTED -> new Outcome.Rejected(reason(reader), reader.nextText(TEXT_BYTES_MAX),
                    Duration.ofMillis(reader.nextLong()));
            case UNKNOWN -> new Outcome.Unknown(why(reader));
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
            case SnapshotOutcome.NotTaken not -> writer.putByte(NOT_TAKEN).putByte(code(not.reason()))
                    .putLong(not.newest()).putText(not.detail(), TEXT_BYTES_MAX);
        }
    }

    private static SnapshotOutcome snapshot(WireReader reader) {
        int kind = reader.nextByte();
        try {
            return switch (kind) {
                case TAKEN -> new SnapshotOutcome.Taken(reader.nextLong(), reader.nextLong(),
                        Duration.ofNanos(reader.nextLong()));
                case NOT_TAKEN -> new SnapshotOutcome.NotTaken(notTaken(reader), reader.nextLong(),
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
            case TransferOutcome.NotTransferred not -> writer.putByte(NOT_TRANSFERRED).putByte(code(not.reason()))
                    .putText(not.detail(), TEXT_BYTES_MAX);
        }
    }

    private static TransferOutcome transfer(WireReader reader) {
        int kind = reader.nextByte();
        return switch (kind) {
            case TRANSFERRED -> new TransferOutcome.Transferred(reader.nextText(TEXT_BYTES_MAX));
            case NOT_TRANSFERRED -> new TransferOutcome.NotTransferred(notTransferred(reader),
                    reader.nextText(TEXT_BYTES_MAX));
            default -> throw reader.malformed("a transfer's outcome of kind " + kind);
        };
    }

    private static int code(TransferOutcome.Reason reason) {
        return switch (reason) {
            case NOT_LEADER -> 1;
            case BUSY -> 2;
            case NO_TARGET -> 3;
            case TIMEOUT -> 4;
            case CLOSED -> 5;
        };
    }

    private static TransferOutcome.Reason notTransferred(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> TransferOutcome.Reason.NOT_LEADER;
            case 2 -> TransferOutcome.Reason.BUSY;
            case 3 -> TransferOutcome.Reason.NO_TARGET;
            case 4 -> TransferOutcome.Reason.TIMEOUT;
            case 5 -> TransferOutcome.Reason.CLOSED;
            default -> throw reader.malformed("no transfer for reason " + code);
        };
    }

    private static int code(SnapshotOutcome.Reason reason) {
        return switch (reason) {
            case OFF -> 1;
            case UP_TO_DATE -> 2;
            case BUSY -> 3;
            case FAILED -> 4;
            case TIMEOUT -> 5;
            case OVERLOADED -> 6;
            case CLOSED -> 7;
        };
    }

    private static SnapshotOutcome.Reason notTaken(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> SnapshotOutcome.Reason.OFF;
            case 2 -> SnapshotOutcome.Reason.UP_TO_DATE;
            case 3 -> SnapshotOutcome.Reason.BUSY;
            case 4 -> SnapshotOutcome.Reason.FAILED;
            case 5 -> SnapshotOutcome.Reason.TIMEOUT;
            case 6 -> SnapshotOutcome.Reason.OVERLOADED;
            case 7 -> SnapshotOutcome.Reason.CLOSED;
            default -> throw reader.malformed("no snapshot for reason " + code);
        };
    }

    private static int code(Outcome.Reason reason) {
        return switch (reason) {
            case NOT_LEADER -> 1;
            case NO_LEADER -> 2;
            case UNREACHABLE -> 3;
            case OVERLOADED -> 4;
            case TOO_LARGE -> 5;
            case CLOSED -> 6;
            case INTERRUPTED -> 7;
            case NOT_DRIFTLESS -> 8;
            case NO_TIME -> 9;
            case OTHER_CLUSTER -> 10;
            case EXPIRED -> 11;
        };
    }

    private static Outcome.Reason reason(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> Outcome.Reason.NOT_LEADER;
            case 2 -> Outcome.Reason.NO_LEADER;
            case 3 -> Outcome.Reason.UNREACHABLE;
            case 4 -> Outcome.Reason.OVERLOADED;
            case 5 -> Outcome.Reason.TOO_LARGE;
            case 6 -> Outcome.Reason.CLOSED;
            case 7 -> Outcome.Reason.INTERRUPTED;
            case 8 -> Outcome.Reason.NOT_DRIFTLESS;
            case 9 -> Outcome.Reason.NO_TIME;
            case 10 -> Outcome.Reason.OTHER_CLUSTER;
            case 11 -> Outcome.Reason.EXPIRED;
            default -> throw reader.malformed("a rejection with reason " + code);
        };
    }

    private static int code(Outcome.Why why) {
        return switch (why) {
            case TIMEOUT -> 1;
            case DISCONNECTED -> 2;
            case LEADERSHIP_LOST -> 3;
            case CLOSED -> 4;
            case INTERRUPTED -> 5;
            case NOT_READ -> 6;
            case RESULT_NOT_KEPT -> 7;
            case EXPIRED -> 8;
        };
    }

    private static Outcome.Why why(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> Outcome.Why.TIMEOUT;
            case 2 -> Outcome.Why.DISCONNECTED;
            case 3 -> Outcome.Why.LEADERSHIP_LOST;
            case 4 -> Outcome.Why.CLOSED;
            case 5 -> Outcome.Why.INTERRUPTED;
            case 6 -> Outcome.Why.NOT_READ;
            case 7 -> Outcome.Why.RESULT_NOT_KEPT;
            case 8 -> Outcome.Why.EXPIRED;
            default -> throw reader.malformed("an unknown outcome with cause " + code);
        };
    }
}
