package io.driftless.codec.kryo;

import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.raft.Configuration;
import io.driftless.raft.Formation;
import io.driftless.raft.ServerId;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** The body of a configuration record. */
final class ConfigurationCoding extends Coding<ConfigurationBody> {

    @Override
    void write(FieldOutput output, ConfigurationBody value) {
        Configuration configuration = value.formation().configuration();
        writeServers(output, configuration.voters());
        writeServers(output, configuration.outgoing());
        writeServers(output, configuration.learners());
        for (UUID incarnation : value.formation().incarnations().values()) {
            output.writeLong(incarnation.getMostSignificantBits());
            output.writeLong(incarnation.getLeastSignificantBits());
        }
    }

    @Override
    ConfigurationBody read(FieldInput input) {
        Configuration configuration = new Configuration(readServers(input), readServers(input), readServers(input));
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        for (ServerId member : configuration.members()) {
            incarnations.put(member, new UUID(input.readLong(), input.readLong()));
        }
        return new ConfigurationBody(new Formation(configuration, incarnations));
    }

    private static void writeServers(FieldOutput output, SortedSet<ServerId> servers) {
        output.number(servers.size());
        for (ServerId server : servers) {
            output.server(server);
        }
    }

    private static SortedSet<ServerId> readServers(FieldInput input) {
        int count = input.count(1);
        SortedSet<ServerId> servers = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            ServerId server = input.server();
            if (!servers.isEmpty() && servers.last().compareTo(server) >= 0) {
                throw input.malformedBefore("servers out of order");
            }
            servers.add(server);
        }
        return servers;
    }
}
