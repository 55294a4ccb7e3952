package io.driftless.node.driver;

import io.driftless.node.Members;
import io.driftless.raft.Configuration;
import io.driftless.raft.ServerId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The members as the core names them. Immutable.
 *
 * @param addresses     where each is, {@code host:port}
 * @param configuration who votes and who learns
 */
record Roster(SortedMap<ServerId, String> addresses, Configuration configuration) {

    static Roster of(Members members) {
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        SortedSet<ServerId> voters = new TreeSet<>();
        SortedSet<ServerId> learners = new TreeSet<>();
        members.addresses().forEach((name, address) -> {
            ServerId id = new ServerId(name);
            addresses.put(id, address);
            (members.isLearner(name) ? learners : voters).add(id);
        });
        return new Roster(Collections.unmodifiableSortedMap(addresses),
                new Configuration(voters, Collections.emptySortedSet(), learners));
    }
}
