package io.driftless.client;

import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.List;

/** What a client needs to know. Immutable; made by a {@link Builder}. */
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

    /** A client of the members at {@code addresses}, {@code host:port} separated by commas: some of them are enough. */
    public static Builder builder(String addresses, ClientTransport transport) {
        return new Builder(addresses, transport);
    }

    /** Where members are, in the order they were given. */
    public List<String> addresses() {
        return addresses;
    }

    /** How they are reached. */
    public ClientTransport transport() {
        return transport;
    }

    /** The cluster's name; empty takes any. */
    public String clusterId() {
        return clusterId;
    }

    /** How many commands may be under way; one more is rejected as overloaded. */
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

        private Builder(String addresses, ClientTransport transport) {
            this.addresses = List.of(addresses.split("\\s*,\\s*"));
            this.transport = transport;
        }

        /** Insist on this cluster. */
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

        /** The configuration. */
        public ClientConfig build() {
            return new ClientConfig(this);
        }
    }
}
