package io.driftless.codec.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.codec.RecordBody.SessionClosing;
import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.codec.RecordBody;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Member;
import io.driftless.raft.MemberRole;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Record bodies as fields of a JSON object. No state. */
final class JsonRecords {

    private JsonRecords() { }

    /** Writes type and fields into the object that has been begun. */
    static void write(JsonGenerator out, RecordBody body) throws IOException {
        switch (body) {
            case ConfigurationBody(ClusterConfiguration cluster) -> writeConfiguration(out, cluster);
            case SessionOpening opening -> {
                out.writeStringField("type", "SessionOpening");
                out.writeStringField("nonce", opening.nonce().toString());
                JsonMessages.number(out, "timeoutMs", opening.timeoutMs());
                out.writeNumberField("window", opening.window());
                JsonMessages.number(out, "resultBytesMax", opening.resultBytesMax());
                out.writeNumberField("sessionsMax", opening.sessionsMax());
                out.writeNumberField("allResultsMax", opening.allResultsMax());
            }
            case SessionClosing closing -> {
                out.writeStringField("type", "SessionClosing");
                JsonMessages.number(out, "session", closing.session());
            }
            case SessionsRenewal renewal -> {
                out.writeStringField("type", "SessionsRenewal");
                out.writeArrayFieldStart("sessions");
                for (Map.Entry<Long, Long> session : renewal.lowestWanted().entrySet()) {
                    out.writeStartObject();
                    JsonMessages.number(out, "session", session.getKey());
                    JsonMessages.number(out, "lowestWanted", session.getValue());
                    out.writeEndObject();
                }
                out.writeEndArray();
            }
        }
    }

    private static void writeConfiguration(JsonGenerator out, ClusterConfiguration cluster) throws IOException {
        out.writeStringField("type", "Configuration");
        JsonMessages.number(out, "generation", cluster.generation());
        out.writeArrayFieldStart("members");
        for (Map.Entry<ServerId, Member> member : cluster.members().entrySet()) {
            out.writeStartObject();
            out.writeStringField("id", member.getKey().value());
            out.writeStringField("role", cluster.configuration().role(member.getKey()).name());
            out.writeStringField("incarnation", member.getValue().incarnation().toString());
            out.writeStringField("address", member.getValue().address());
            out.writeNumberField("priority", member.getValue().priority());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** The record body of an object. */
    static RecordBody read(Fields in) {
        String type = in.text("type");
        return switch (type) {
            case "Configuration" -> readConfiguration(in);
            case "SessionOpening" -> readOpening(in);
            case "SessionClosing" -> {
                long session = in.number("session");
                yield in.finish(() -> new SessionClosing(session));
            }
            case "SessionsRenewal" -> readRenewal(in);
            default -> throw in.malformed("no record is called '" + type + "'");
        };
    }

    private static RecordBody readOpening(Fields in) {
        UUID nonce = in.uuid("nonce");
        long timeoutMs = in.number("timeoutMs");
        int window = in.smallNumber("window", SessionOpening.WINDOW_MAX);
        long resultBytesMax = in.number("resultBytesMax");
        int sessionsMax = in.smallNumber("sessionsMax", Integer.MAX_VALUE);
        long allResultsMax = in.number("allResultsMax");
        return in.finish(() -> new SessionOpening(nonce, timeoutMs, window, resultBytesMax, sessionsMax,
                allResultsMax));
    }

    private static RecordBody readRenewal(Fields in) {
        SortedMap<Long, Long> lowestWanted = new TreeMap<>();
        for (Fields each : in.structures("sessions")) {
            long session = each.number("session");
            long serial = each.number("lowestWanted");
            each.finish(() -> session);
            if (!lowestWanted.isEmpty() && lowestWanted.lastKey() >= session) {
                throw each.malformed("sessions out of order");
            }
            lowestWanted.put(session, serial);
        }
        return in.finish(() -> new SessionsRenewal(lowestWanted));
    }

    private static RecordBody readConfiguration(Fields in) {
        long generation = in.number("generation");
        SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
        SortedMap<ServerId, Member> members = new TreeMap<>();
        for (Fields each : in.structures("members")) {
            ServerId id = each.server("id");
            MemberRole role = each.text("role", MemberRole::valueOf);
            UUID incarnation = each.uuid("incarnation");
            String address = each.text("address");
            int priority = each.smallNumber("priority", Member.PRIORITY_MAX);
            if (!roles.isEmpty() && roles.lastKey().compareTo(id) >= 0) {
                throw each.malformed("members out of order");
            }
            roles.put(id, role);
            members.put(id, each.finish(() -> new Member(incarnation, address, priority)));
        }
        return in.finish(() -> new ConfigurationBody(new ClusterConfiguration(Configuration.ofRoles(roles), members,
                generation)));
    }
}
