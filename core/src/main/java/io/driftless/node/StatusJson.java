package io.driftless.node;

import java.util.List;
import java.util.Locale;

/** Writes a node's status as one line of JSON; field names are stable, what is missing is null. Pure. */
final class StatusJson {

    private static final List<String> FIELDS_OF_A_REACHABLE = List.of("role", "term", "leader", "commit", "applied",
            "durable", "last", "first", "boot",
            "durability", "in_doubt", "waiting_for", "blocked", "bad_frames", "in_flight", "peers",
            "members", "incarnation", "leaderless_ms", "machine");

    private final StringBuilder out = new StringBuilder(512);

    private StatusJson() { }

    static String write(NodeStatus status) {
        StatusJson json = new StatusJson();
        json.out.append('{');
        json.text("node", status.node()).text("address", status.address()).raw("reachable", "true")
                .text("role", status.role().toString()).number("term", status.term())
                .text("leader", status.leader().orElse(""))
                .number("commit", status.commitIndex()).number("applied", status.lastApplied())
                .number("durable", status.durableIndex())
                .number("last", status.lastIndex()).number("first", status.firstIndex()).number("boot", status.boot())
                .text("durability", status.durability().toString()).raw("in_doubt", Boolean.toString(status.inDoubt()));
        json.name("waiting_for").out.append('[');
        status.waitingFor().forEach(node -> json.separate().quoted(node));
        json.out.append(']');
        json.text("blocked", status.blocked()).number("bad_frames", status.badFrames())
                .number("in_flight", status.inFlight());
        json.name("peers").out.append('[');
        for (NodeStatus.PeerStatus peer : status.peers()) {
            json.separate().out.append('{');
            json.text("node", peer.node()).raw("connected", Boolean.toString(peer.connected()))
                    .number("match", peer.match())
                    .number("next", peer.next()).raw("lag", peer.lag() < 0 ? "null" : Long.toString(peer.lag()))
                    .out.append('}');
        }
        json.out.append(']');
        json.name("members").out.append('[');
        for (NodeStatus.Member member : status.members()) {
            json.separate().out.append('{');
            json.text("node", member.node()).text("address", member.address())
                    .raw("connected", Boolean.toString(member.connected())).text("problem", member.problem())
                    .raw("counted", Boolean.toString(member.counted())).out.append('}');
        }
        json.out.append(']');
        json.text("incarnation", status.incarnation())
                .raw("leaderless_ms", status.leaderless().map(time -> Long.toString(time.toMillis())).orElse("null"));
        json.name("machine").out.append('{');
        status.machine().forEach(json::number);
        return json.out.append("}}").toString();
    }

    /** The line for an address that did not answer. */
    static String unreachable(String address) {
        StatusJson json = new StatusJson();
        json.out.append('{');
        json.raw("node", "null").text("address", address).raw("reachable", "false");
        FIELDS_OF_A_REACHABLE.forEach(field -> json.raw(field, "null"));
        return json.out.append('}').toString();
    }

    private StatusJson number(String name, long value) {
        return raw(name, Long.toString(value));
    }

    private StatusJson text(String name, String value) {
        if (value.isEmpty()) {
            return raw(name, "null");
        }
        return name(name).quoted(value);
    }

    private StatusJson raw(String name, String value) {
        name(name).out.append(value);
        return this;
    }

    private StatusJson name(String name) {
        separate().quoted(name).out.append(':');
        return this;
    }

    private StatusJson separate() {
        char last = out.charAt(out.length() - 1);
        if (last != '{' && last != '[') {
            out.append(',');
        }
        return this;
    }

    private StatusJson quoted(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> escaped(value, i, c);
            }
        }
        out.append('"');
        return this;
    }

    // A lone surrogate has no UTF-8 form, and U+2028 ends a line for some readers of JSON lines: both travel as
    // escapes.
    private void escaped(String value, int i, char c) {
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
