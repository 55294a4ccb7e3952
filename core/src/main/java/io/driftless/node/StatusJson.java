package io.driftless.node;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a node's status as one line of JSON; field names are stable, what is missing is null. The one list of the
 * fields is here. Pure.
 */
final class StatusJson {

    /** A field, and the JSON of its value. */
    private record Field(String name, Function<NodeStatus, String> json) { }

    private static final String NULL = "null";

    /** What the line of an address where nobody answered has as nulls. */
    private static final List<Field> FIELDS = List.of(
            new Field("role", status -> text(status.role().toString())),
            new Field("term", status -> number(status.term())),
            new Field("leader", status -> text(status.leader().orElse(""))),
            new Field("commit", status -> number(status.commitIndex())),
            new Field("applied", status -> number(status.lastApplied())),
            new Field("durable", status -> number(status.durableIndex())),
            new Field("last", status -> number(status.lastIndex())),
            new Field("first", status -> number(status.firstIndex())),
            new Field("boot", status -> number(status.boot())),
            new Field("durability", status -> text(status.durability().toString())),
            new Field("in_doubt", status -> Boolean.toString(status.inDoubt())),
            new Field("waiting_for", status -> list(status.waitingFor().stream().map(StatusJson::quoted))),
            new Field("blocked", status -> text(status.blocked())),
            new Field("bad_frames", status -> number(status.badFrames())),
            new Field("in_flight", status -> number(status.inFlight())),
            new Field("queries_waiting", status -> number(status.queriesWaiting())),
            new Field("queries_answered", status -> number(status.queriesAnswered())),
            new Field("queries_failed", status -> number(status.queriesFailed())),
            new Field("sessions", status -> number(status.sessions())),
            new Field("sessions_max", status -> number(status.sessionsMax())),
            new Field("session_bytes", status -> number(status.sessionBytes())),
            new Field("session_result_bytes_max", status -> number(status.sessionResultBytesMax())),
            new Field("snapshot", status -> snapshot(status.snapshot())),
            new Field("incoming", status -> status.incoming().map(StatusJson::transfer).orElse(NULL)),
            new Field("successor", status -> text(status.successor().orElse(""))),
            new Field("peers", status -> list(status.peers().stream().map(StatusJson::peer))),
            new Field("members", status -> list(status.members().stream().map(StatusJson::member))),
            new Field("incarnation", status -> text(status.incarnation())),
            new Field("leaderless_ms", status -> status.leaderless().map(time -> number(time.toMillis()))
                    .orElse(NULL)),
            new Field("leader_silence_max_ms", status -> status.leaderSilenceMax()
                    .map(time -> number(time.toMillis())).orElse(NULL)),
            new Field("machine", status -> object(status.machine().entrySet().stream()
                    .map(gauge -> pair(gauge.getKey(), number(gauge.getValue()))))));

    private StatusJson() { }

    static String write(NodeStatus status) {
        return object(Stream.concat(
                Stream.of(pair("node", text(status.node())), pair("address", text(status.address())),
                        pair("reachable", "true")),
                FIELDS.stream().map(field -> pair(field.name(), field.json().apply(status)))));
    }

    /** The line for an address that did not answer. */
    static String unreachable(String address) {
        return object(Stream.concat(
                Stream.of(pair("node", NULL), pair("address", text(address)), pair("reachable", "false")),
                FIELDS.stream().map(field -> pair(field.name(), NULL))));
    }

    private static String snapshot(SnapshotStatus snapshot) {
        return object(Stream.of(pair("state", text(snapshot.state())),
                pair("index", snapshot.index() == 0 ? NULL : number(snapshot.index())),
                pair("bytes", snapshot.index() == 0 ? NULL : number(snapshot.bytes())),
                pair("problem", text(snapshot.problem()))));
    }

    private static String peer(NodeStatus.PeerStatus peer) {
        return object(Stream.of(pair("node", text(peer.node())),
                pair("connected", Boolean.toString(peer.connected())), pair("match", number(peer.match())),
                pair("next", number(peer.next())), pair("lag", peer.lag() < 0 ? NULL : number(peer.lag())),
                pair("snapshot", peer.snapshot().map(StatusJson::transfer).orElse(NULL))));
    }

    private static String transfer(TransferStatus transfer) {
        return object(Stream.of(pair("node", text(transfer.node())), pair("index", number(transfer.index())),
                pair("offset", number(transfer.offset())), pair("size", number(transfer.size())),
                pair("bytes_per_s", transfer.bytesPerSecond() < 0 ? NULL : number(transfer.bytesPerSecond())),
                pair("needed_bytes_per_s", transfer.neededBytesPerSecond() < 0 ? NULL
                        : number(transfer.neededBytesPerSecond())),
                pair("left_s", transfer.left().map(left -> number(left.toSeconds())).orElse(NULL))));
    }

    private static String member(NodeStatus.Member member) {
        return object(Stream.of(pair("node", text(member.node())), pair("address", text(member.address())),
                pair("connected", Boolean.toString(member.connected())), pair("problem", text(member.problem())),
                pair("counted", Boolean.toString(member.counted()))));
    }

    private static String number(long value) {
        return Long.toString(value);
    }

    private static String text(String value) {
        return value.isEmpty() ? NULL : quoted(value);
    }

    private static String list(Stream<String> values) {
        return values.collect(Collectors.joining(",", "[", "]"));
    }

    private static String object(Stream<String> pairs) {
        return pairs.collect(Collectors.joining(",", "{", "}"));
    }

    private static String pair(String name, String json) {
        return quoted(name) + ":" + json;
    }

    private static String quoted(String value) {
        StringBuilder out = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> escape(value, i, c, out);
            }
        }
        return out.append('"').toString();
    }

    // A lone surrogate has no UTF-8 form, and U+2028 ends a line for some readers of JSON lines: both travel as
    // escapes.
    private static void escape(String value, int i, char c, StringBuilder out) {
        boolean isPaired = Character.isHighSurrogate(c) ? i + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(i + 1))
                : Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
        if (c < 0x20 || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c) && !isPaired) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
            out.append(c);
        }
    }
}
