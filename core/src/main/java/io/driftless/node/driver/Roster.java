package io.driftless.node.driver;

import io.driftless.node.Members;
import io.driftless.raft.Configuration;
import io.driftless.raft.MemberList;
import io.driftless.raft.ServerId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The members as the core names them. No state. */
final class Roster {

    private Roster() { }

    static MemberList of(Members members) {
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        SortedSet<ServerId> voters = new TreeSet<>();
        SortedSet<ServerId> learners = new TreeSet<>();
        members.addresses().forEach((name, address) -> {
            ServerId id = new ServerId(name);
            addresses.put(id, address);
            (members.isLearner(name) ? learners : voters).add(id);
        });
        return new MemberList(new Configuration(voters, Collections.emptySortedSet(), learners), addresses);
    }
}
