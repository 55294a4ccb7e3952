package io.driftless.codec.kryo;

import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Member;
import io.driftless.raft.MemberRole;
import io.driftless.raft.ServerId;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The body of a configuration record. */
final class ConfigurationCoding extends Coding<ConfigurationBody> {

    /** A name and an address of one character each, their lengths, role, incarnation and priority. */
    private static final int MEMBER_BYTES_MIN = 22;

    @Override
    void write(FieldOutput output, ConfigurationBody value) {
        ClusterConfiguration cluster = value.cluster();
        output.number(cluster.generation());
        output.number(cluster.members().size());
        cluster.members().forEach((id, member) -> {
            output.server(id);
            output.writeByte(cluster.configuration().role(id).code());
            output.writeLong(member.incarnation().getMostSignificantBits());
            output.writeLong(member.incarnation().getLeastSignificantBits());
            output.address(member.address());
            output.writeByte(member.priority());
        });
    }

    @Override
    ConfigurationBody read(FieldInput input) {
        long generation = input.number();
        int count = input.count(MEMBER_BYTES_MIN);
        SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
        SortedMap<ServerId, Member> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            ServerId id = input.server();
            if (!roles.isEmpty() && roles.lastKey().compareTo(id) >= 0) {
                throw input.malformedBefore("members out of order");
            }
            roles.put(id, MemberRole.ofCode(input.readByte()));
            members.put(id, new Member(new UUID(input.readLong(), input.readLong()), input.address(),
                    input.readByteUnsigned()));
        }
        return new ConfigurationBody(new ClusterConfiguration(Configuration.ofRoles(roles), members, generation));
    }
}
