package io.driftless.raft;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The members that a server was started with ({@code cluster.members}). Immutable.
 *
 * @param configuration who votes and who learns: on this all must agree before a cluster forms (R17)
 * @param addresses     where each is, {@code host:port}, as this server was told: another may write it in another way
 */
public record MemberList(Configuration configuration, SortedMap<ServerId, String> addresses) {

    /** Copies the map, and checks that it has exactly the members. */
    public MemberList {
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        if (!addresses.keySet().equals(configuration.members())) {
            throw new IllegalArgumentException("addresses of " + addresses.keySet() + " for members "
                    + configuration.members());
        }
    }

    /** What a cluster of these members forms with: every priority the default one, generation 0. */
    ClusterConfiguration formedWith(SortedMap<ServerId, UUID> incarnations) {
        SortedMap<ServerId, Member> members = new TreeMap<>();
        incarnations.forEach((id, incarnation) ->
                members.put(id, new Member(incarnation, addresses.get(id), Member.PRIORITY_DEFAULT)));
        return new ClusterConfiguration(configuration, members, 0);
    }
}
