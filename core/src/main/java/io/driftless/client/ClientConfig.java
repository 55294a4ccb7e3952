package io.driftless.client;

import io.driftless.errors.ConfigException;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client needs to know. Immutable. It is made by a {@link Builder}. */
public final class ClientConfig {

    private final List<String> addresses;
    private final ClientTransport transport;
    private final String clusterId;
    private final int inFlightMax;
    private final Duration connectTimeout;

    private ClientConfig(Builder builder) {
        this.addresses = builder.addresses;
        this.transport = builder.transport;
        this.clusterId = builder.clusterId;
        this.inFlightMax = builder.inFlightMax;
        this.connectTimeout = builder.connectTimeout;
    }

    /**
     * Begins the configuration of a client of the members at {@code addresses}, which are separated by commas. Some of
     * the members are enough. Each address is {@code host:port}, or {@code id=host:port} as in {@code cluster.members}.
     */
    public static Builder builder(String addresses, ClientTransport transport) {
        return new Builder(List.of(addresses), transport);
    }

    /** Like {@link #builder(String, ClientTransport)}, with a list, each element of which is such a text. */
    public static Builder builder(List<String> addresses, ClientTransport transport) {
        return new Builder(addresses, transport);
    }

    /** The {@code host:port} of a member that is given in that form or as {@code id=host:port}. */
    public static String addressOf(String member) {
        return member.strip().replaceFirst("^[^\\s=:\\[\\]]+=", "");
    }

    /** The addresses of members, each {@code host:port}, in the order in which they were given. */
    public List<String> addresses() {
        return addresses;
    }

    /** How the members are reached. */
    public ClientTransport transport() {
        return transport;
    }

    /** The cluster's name. If empty, the client accepts any cluster. */
    public String clusterId() {
        return clusterId;
    }

    /**
     * How many commands may be under way. Any further one is rejected as overloaded. So is a command with which they
     * would exceed 32 MiB together. {@link RaftClient#submitWhenRoom} waits instead.
     */
    public int inFlightMax() {
        return inFlightMax;
    }

    /** How long one connection attempt may take. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** Collects what a client needs to know. */
    public static final class Builder {
        private final List<String> addresses;
        private final ClientTransport transport;
        private String clusterId = "";
        private int inFlightMax = 4096;
        private Duration connectTimeout = Duration.ofSeconds(2);

        private Builder(List<String> addresses, ClientTransport transport) {
            this.addresses = addresses.stream().flatMap(some -> Arrays.stream(some.split(",")))
                    .map(ClientConfig::addressOf).distinct().toList();
            this.transport = transport;
        }

        /** Makes the client insist on this cluster. */
        public Builder clusterId(String name) {
            this.clusterId = name;
            return this;
        }

        /** See {@link ClientConfig#inFlightMax()}. */
        public Builder inFlightMax(int max) {
            this.inFlightMax = max;
            return this;
        }

        /** See {@link ClientConfig#connectTimeout()}. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = timeout;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @throws ConfigException with every problem at once
         */
        public ClientConfig build() {
            List<String> problems = new ArrayList<>();
            if (addresses.isEmpty()) {
                problems.add("no address is given");
            }
            for (String address : addresses) {
                try {
                    HostPort.parse(address);
                } catch (IllegalArgumentException problem) {
                    problems.add(String.valueOf(problem.getMessage()));
                }
            }
            if (inFlightMax < 1) {
                problems.add("inFlightMax is " + inFlightMax + ", not at least 1");
            }
            if (connectTimeout.compareTo(Duration.ofMillis(1)) < 0 || connectTimeout.compareTo(
                    Duration.ofDays(1)) > 0) {
                problems.add("connectTimeout is " + connectTimeout + ", not from a millisecond to a day");
            }
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
            return new ClientConfig(this);
        }
    }
}
