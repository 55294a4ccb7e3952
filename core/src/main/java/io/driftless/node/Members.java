package io.driftless.node;

import io.driftless.raft.Member;
import io.driftless.raft.ServerId;
import io.driftless.transport.HostPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The members of a cluster and their addresses. Immutable. */
public final class Members {

    private static final String LEARNER = "/learner";
    /** What a greeting between servers can carry. */
    private static final int MEMBERS_MAX = 127;

    private final SortedMap<ServerId, String> addresses;
    private final SortedSet<ServerId> learners;

    private Members(SortedMap<ServerId, String> addresses, SortedSet<ServerId> learners) {
        this.addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        this.learners = Collections.unmodifiableSortedSet(new TreeSet<>(learners));
    }

    /**
     * Reads a list such as {@code n1=host:port,n2=host:port,...}. An IPv6 address is written in brackets,
     * {@code n1=[::1]:7001}. {@code /learner} after an address makes the member one that does not vote. The others must
     * be able to connect to each address: no wildcard, no port 0, and no address twice.
     *
     * @throws IllegalArgumentException naming every part that is wrong
     */
    public static Members parse(String text) {
        Builder builder = new Builder();
        for (String part : text.split(",", -1)) {
            builder.add(part.strip());
        }
        return builder.build();
    }

    /**
     * A cluster of one member.
     *
     * @param id      its name
     * @param address where it is, {@code host:port}
     * @throws IllegalArgumentException naming what is wrong
     */
    public static Members of(String id, String address) {
        return builder().voter(id, address).build();
    }

    /** A builder without members. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects members. {@link #build} reports everything that is wrong with them at once. Not thread safe. */
    public static final class Builder {
        private final Reading reading = new Reading();

        private Builder() { }

        /** Adds a member that votes, with its address, {@code host:port}. */
        public Builder voter(String id, String address) {
            if (address.endsWith(LEARNER)) {
                reading.problems.add("member '" + id + "' is to vote, and its address ends in " + LEARNER);
                return this;
            }
            return add(id + "=" + address);
        }

        /** Adds a member that only learns, with its address, {@code host:port}. */
        public Builder learner(String id, String address) {
            return add(id + "=" + address + LEARNER);
        }

        private Builder add(String member) {
            try {
                reading.member(member);
            } catch (IllegalArgumentException wrong) {
                reading.problems.add(wrong.getMessage());
            }
            return this;
        }

        /**
         * Builds the list.
         *
         * @throws IllegalArgumentException naming every part that is wrong
         */
        public Members build() {
            return reading.members();
        }
    }

    /** One reading of a list: goes on behind what is wrong, so that all of it is told at once. */
    private static final class Reading {
        private final SortedMap<ServerId, String> addresses = new TreeMap<>();
        private final SortedSet<ServerId> learners = new TreeSet<>();
        private final Map<String, ServerId> takenBy = new TreeMap<>();
        private final List<String> problems = new ArrayList<>();

        void member(String member) {
            int equals = member.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + member + "' is not id=host:port");
            }
            ServerId id = new ServerId(member.substring(0, equals).strip());
            String written = member.substring(equals + 1).strip();
            boolean learns = written.endsWith(LEARNER);
            String address = learns ? written.substring(0, written.length() - LEARNER.length()) : written;
            if (addresses.containsKey(id)) {
                throw new IllegalArgumentException("member '" + id + "' is listed twice");
            }
            addresses.put(id, address);
            if (learns) {
                learners.add(id);
            }
            check(id, address, HostPort.parse(address));
        }

        private void check(ServerId id, String address, HostPort place) {
            if (place.isWildcard()) {
                throw new IllegalArgumentException("member '" + id + "' has the address " + address
                        + ", which stands for every address of a machine: give the one that the others connect to"
                        + " (where to listen is what bind says)");
            }
            if (place.isShared()) {
                throw new IllegalArgumentException("member '" + id + "' has the address " + address
                        + ", which is not that of one machine");
            }
            if (place.port() == 0) {
                throw new IllegalArgumentException("member '" + id + "' has port 0: give the port that the others"
                        + " connect to");
            }
            if (address.length() > Member.ADDRESS_LENGTH_MAX) {
                throw new IllegalArgumentException("member '" + id + "' has an address of " + address.length()
                        + " characters, more than " + Member.ADDRESS_LENGTH_MAX);
            }
            ServerId other = takenBy.putIfAbsent(place.canonical(), id);
            if (other != null) {
                throw new IllegalArgumentException("members '" + other + "' and '" + id + "' have the same address "
                        + address);
            }
        }

        Members members() {
            if (problems.isEmpty() && addresses.size() > MEMBERS_MAX) {
                problems.add(addresses.size() + " members are more than " + MEMBERS_MAX);
            }
            if (problems.isEmpty() && learners.size() == addresses.size()) {
                problems.add("no member votes");
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", problems));
            }
            return new Members(addresses, learners);
        }
    }

    /** The address of each member, {@code host:port}, by name and in the order of the names. */
    public SortedMap<String, String> addresses() {
        SortedMap<String, String> named = new TreeMap<>();
        addresses.forEach((id, address) -> named.put(id.value(), address));
        return Collections.unmodifiableSortedMap(named);
    }

    /** The names of the members, sorted. */
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

    /** Whether a member only learns and does not vote. */
    public boolean isLearner(String name) {
        return learners.contains(new ServerId(name));
    }

    /** The canonical form, which {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        addresses.forEach((id, address) -> text.append(text.isEmpty() ? "" : ",").append(id).append('=').append(address)
                .append(learners.contains(id) ? LEARNER : ""));
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
