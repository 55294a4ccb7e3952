package io.driftless.codec.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.driftless.codec.RecordBody;
import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.raft.Configuration;
import io.driftless.raft.Formation;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Record bodies as fields of a JSON object. No state. */
final class JsonRecords {

    private JsonRecords() { }

    /** Writes type and fields into the object that has been begun. */
    static void write(JsonGenerator out, RecordBody body) throws IOException {
        switch (body) {
            case ConfigurationBody(Formation formation) -> {
                out.writeStringField("type", "Configuration");
                writeServers(out, "voters", formation.configuration().voters());
                writeServers(out, "outgoing", formation.configuration().outgoing());
                writeServers(out, "learners", formation.configuration().learners());
                out.writeArrayFieldStart("members");
                for (Map.Entry<ServerId, UUID> member : formation.incarnations().entrySet()) {
                    out.writeStartObject();
                    out.writeStringField("id", member.getKey().value());
                    out.writeStringField("incarnation", member.getValue().toString());
                    out.writeEndObject();
                }
                out.writeEndArray();
            }
        }
    }

    /** The record body of an object. */
    static RecordBody read(Fields in) {
        String type = in.text("type");
        if (!type.equals("Configuration")) {
            throw in.malformed("no record is called '" + type + "'");
        }
        SortedSet<ServerId> voters = readServers(in, "voters");
        SortedSet<ServerId> outgoing = readServers(in, "outgoing");
        SortedSet<ServerId> learners = readServers(in, "learners");
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        for (Fields member : in.structures("members")) {
            ServerId id = member.server("id");
            UUID incarnation = member.uuid("incarnation");
            member.finish(() -> incarnation);
            if (incarnations.put(id, incarnation) != null) {
                throw member.malformed("member " + id + " twice");
            }
        }
        return in.finish(() -> new ConfigurationBody(new Formation(new Configuration(voters, outgoing, learners),
                incarnations)));
    }

    private static void writeServers(JsonGenerator out, String name, SortedSet<ServerId> servers) throws IOException {
        out.writeArrayFieldStart(name);
        for (ServerId server : servers) {
            out.writeString(server.value());
        }
        out.writeEndArray();
    }

    private static SortedSet<ServerId> readServers(Fields in, String name) {
        List<ServerId> servers = in.servers(name);
        SortedSet<ServerId> set = new TreeSet<>(servers);
        if (set.size() != servers.size()) {
            throw in.malformed("a server twice in '" + name + "'");
        }
        return set;
    }
}
