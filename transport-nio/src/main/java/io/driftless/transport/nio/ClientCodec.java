package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
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
 *           1 execute: time left in ms 8, payload command;  2 local query: payload query;  3 status
 * reply     kind 1, id 8, and by kind
 *           1 executed: leader's address text, outcome;  2 query answered: applied index 8, result;
 *           3 status: payload JSON;  4 goodbye: the id is the highest request that was read, why 1
 * outcome   kind 1, and by kind
 *           1 committed: index 8, result;  2 rejected: reason 1, detail text, retry after in ms 8;
 *           3 unknown: session 8, serial 8, why 1
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
    private static final int COMMITTED = 1;
    private static final int REJECTED = 2;
    private static final int UNKNOWN = 3;
    /** Where the session of a command and its serial will stand. */
    private static final long RESERVED = 0;

    private ClientCodec() { }

    /** The request as a frame; for {@code received} see {@link Frame}. */
    static Outgoing encode(ClientRequest request, long received) {
        WireWriter writer = new WireWriter(Frame.HEADER_BYTES, HEAD_BYTES);
        Bytes payload = switch (request) {
            case ClientRequest.Execute execute -> {
                writer.putByte(EXECUTE).putLong(execute.id()).putLong(execute.timeLeftMs());
                yield execute.command();
            }
            case ClientRequest.LocalQuery query -> {
                writer.putByte(LOCAL_QUERY).putLong(query.id());
                yield query.query();
            }
            case ClientRequest.Status status -> {
                writer.putByte(STATUS).putLong(status.id());
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
        ClientRequest request = switch (kind) {
            case EXECUTE -> new ClientRequest.Execute(id, reader.nextLong(), frame.payload());
            case LOCAL_QUERY -> new ClientRequest.LocalQuery(id, frame.payload());
            case STATUS -> new ClientRequest.Status(id);
            default -> throw reader.malformed("a request of kind " + kind);
        };
        reader.end();
        return request;
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
            case GOODBYE -> new ClientReply.Goodbye(id, why(reader));
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
                writer.putByte(UNKNOWN).putLong(RESERVED).putLong(RESERVED).putByte(code(unknown.why()));
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
            case UNKNOWN -> {
                if (reader.nextLong() != RESERVED || reader.nextLong() != RESERVED) {
                    throw reader.malformed("an unknown outcome in a session: there are none in this version");
                }
                yield new Outcome.Unknown(why(reader));
            }
            default -> throw reader.malformed("an outcome of kind " + kind);
        };
    }

    private static Result result(WireReader reader, Frame frame) {
        int code = reader.nextInt();
        return code == 0 ? Result.ok(frame.payload().toByteArray()) : Result.failed(code, frame.payload().utf8());
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
            default -> throw reader.malformed("an unknown outcome with cause " + code);
        };
    }
}
