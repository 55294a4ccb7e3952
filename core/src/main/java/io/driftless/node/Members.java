package io.driftless.node;

import io.driftless.raft.Configuration;
import io.driftless.raft.ServerId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The members of a cluster and where they are. Immutable. */
public final class Members {

    private final SortedMap<ServerId, String> addresses;
    private final SortedSet<ServerId> learners;

    private Members(SortedMap<ServerId, String> addresses, SortedSet<ServerId> learners) {
        this.addresses = Collections.unmodifiableSortedMap(addresses);
        this.learners = Collections.unmodifiableSortedSet(learners);
    }

    /**
     * Reads {@code n1=host:port,n2=host:port,...}; an IPv6 address stands in brackets, {@code n1=[::1]:7001};
     * {@code /learner} behind an address makes a member that does not vote.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static Members parse(String text) {
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        SortedSet<ServerId> learners = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            String member = part.strip();
            int equals = member.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + member + "' is not id=host:port");
            }
            ServerId id = new ServerId(member.substring(0, equals).strip());
            String written = member.substring(equals + 1).strip();
            boolean learns = written.endsWith("/learner");
            String address = learns ? written.substring(0, written.length() - "/learner".length()) : written;
            if (learns) {
                learners.add(id);
            }
            HostPort place = HostPort.parse(address);
            if (addresses.containsKey(id)) {
                throw new IllegalArgumentException("member '" + id + "' is listed twice");
            }
            addresses.forEach((other, taken) -> {
                if (place.port() != 0 && taken.equals(address)) {
                    throw new IllegalArgumentException("members '" + other + "' and '" + id
                            + "' have the same address " + taken);
                }
            });
            addresses.put(id, address);
        }
        if (learners.size() == addresses.size()) {
            throw new IllegalArgumentException("no member votes");
        }
        return new Members(addresses, learners);
    }

    /** Where each member is, {@code host:port}. */
    SortedMap<ServerId, String> addresses() {
        return addresses;
    }

    /** The names of the members, in order. */
    public SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        addresses.keySet().forEach(id -> names.add(id.value()));
        return names;
    }

    /** The address of a member, {@code host:port}. */
    public String address(String name) {
        String address = addresses.get(new ServerId(name));
        if (address == null) {
            throw new IllegalArgumentException("'" + name + "' is not one of the members " + names());
        }
        return address;
    }

    /** Who votes and who learns. */
    Configuration configuration() {
        SortedSet<ServerId> voters = new TreeSet<>(addresses.keySet());
        voters.removeAll(learners);
        return new Configuration(voters, Collections.emptySortedSet(), learners);
    }

    /** The canonical form, which {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        addresses.forEach((id, address) -> text.append(text.isEmpty() ? "" : ",").append(id).append('=').append(address)
                .append(learners.contains(id) ? "/learner" : ""));
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Members that && addresses.equals(that.addresses) && learners.equals(that.learners);
    }

    @Override
    public int hashCode() {
        return 31 * addresses.hashCode() + learners.hashCode();
    }
}
