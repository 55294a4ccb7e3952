package io.driftless.client;

import io.driftless.errors.ConfigException;
import io.driftless.log.LogEntry;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What a client needs to know. Immutable. It is made by a {@link Builder}. */
public final class ClientConfig {

    /** A leader renews idle sessions after a third of their time-out, but at most once a second. */
    private static final Duration SESSION_TIMEOUT_MIN = Duration.ofSeconds(3);
    /** No node keeps more. */
    private static final long RESULT_BYTES_MAX = 16L << 20;

    private final List<String> addresses;
    private final ClientTransport transport;
    private final String clusterId;
    private final int inFlightMax;
    private final Duration connectTimeout;
    private final boolean hasSessions;
    private final Duration sessionTimeout;
    private final long resultBytesMax;
    private final String readFrom;

    private ClientConfig(Builder builder) {
        this.addresses = builder.addresses;
        this.transport = builder.transport;
        this.clusterId = builder.clusterId;
        this.inFlightMax = builder.inFlightMax;
        this.connectTimeout = builder.connectTimeout;
        this.hasSessions = builder.hasSessions;
        this.sessionTimeout = builder.sessionTimeout;
        this.resultBytesMax = builder.resultBytesMax;
        this.readFrom = builder.readFrom;
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
     * would exceed 32 MiB together. {@link RaftClient#submitWhenRoom} waits instead. At most 65,535 with sessions. The
     * cluster keeps so many results of a session, the newest.
     */
    public int inFlightMax() {
        return inFlightMax;
    }

    /** How long one connection attempt may take. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * Whether commands go in a session: then each is executed at most once, however often the client must send it, and
     * exactly once if its outcome is {@link io.driftless.machine.Outcome.Committed}. One session is opened with the
     * first command. Without sessions a command whose outcome is unknown is never sent again.
     */
    public boolean hasSessions() {
        return hasSessions;
    }

    /**
     * How long the cluster keeps the session of a client that is gone without closing it, by the clock of the log. A
     * client that is connected need not do anything to keep its session.
     */
    public Duration sessionTimeout() {
        return sessionTimeout;
    }

    /**
     * How many bytes of results the cluster keeps for the case that the client must ask again; a result counts 96 bytes
     * beside its value. Beyond, the oldest are dropped, and the client is told
     * {@link io.driftless.machine.Outcome.Why#RESULT_NOT_KEPT} when it asks for one.
     */
    public long resultBytesMax() {
        return resultBytesMax;
    }

    /**
     * The address of the member that queries go to, the nearest one say; empty if any member will do, which is the
     * leader in the end. While that member cannot be reached, another one is asked. See {@link RaftClient#query}.
     */
    public String readFrom() {
        return readFrom;
    }

    /** All addresses, the one to read from first. */
    List<String> addressesFromNearest() {
        return Stream.concat(Stream.of(readFrom), addresses.stream()).filter(address -> !address.isEmpty()).distinct()
                .toList();
    }

    SessionLimits sessionLimits() {
        return new SessionLimits(sessionTimeout, inFlightMax, resultBytesMax);
    }

    /** Collects what a client needs to know. */
    public static final class Builder {
        private final List<String> addresses;
        private final ClientTransport transport;
        private String clusterId = "";
        private int inFlightMax = 4096;
        private Duration connectTimeout = Duration.ofSeconds(2);
        private boolean hasSessions = true;
        private Duration sessionTimeout = Duration.ofMinutes(5);
        private long resultBytesMax = 1 << 20;
        private String readFrom = "";

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

        /** See {@link ClientConfig#hasSessions()}. */
        public Builder sessions(boolean wanted) {
            this.hasSessions = wanted;
            return this;
        }

        /** See {@link ClientConfig#sessionTimeout()}. */
        public Builder sessionTimeout(Duration timeout) {
            this.sessionTimeout = timeout;
            return this;
        }

        /** See {@link ClientConfig#resultBytesMax()}. */
        public Builder resultBytesMax(long max) {
            this.resultBytesMax = max;
            return this;
        }

        /**
         * Has queries go to the member at this address: {@code host:port}, or {@code id=host:port}. Empty: to any. See
         * {@link ClientConfig#readFrom()}.
         */
        public Builder readFrom(String address) {
            this.readFrom = addressOf(address);
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
            if (!readFrom.isEmpty()) {
                try {
                    HostPort.parse(readFrom);
                } catch (IllegalArgumentException problem) {
                    problems.add("readFrom: " + problem.getMessage());
                }
            }
            if (inFlightMax < 1) {
                problems.add("inFlightMax is " + inFlightMax + ", not from 1 to " + (hasSessions
                        ? LogEntry.DISTANCE_MAX : Integer.MAX_VALUE));
            }
            if (connectTimeout.compareTo(Duration.ofMillis(1)) < 0 || connectTimeout.compareTo(
                    Duration.ofDays(1)) > 0) {
                problems.add("connectTimeout is " + connectTimeout + ", not from a millisecond to a day");
            }
            if (hasSessions) {
                checkSessions(problems);
            }
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
            return new ClientConfig(this);
        }

        private void checkSessions(List<String> problems) {
            if (inFlightMax > LogEntry.DISTANCE_MAX) {
                problems.add("inFlightMax is " + inFlightMax + ", not from 1 to " + LogEntry.DISTANCE_MAX
                        + ", as with sessions");
            }
            if (sessionTimeout.compareTo(SESSION_TIMEOUT_MIN) < 0 || sessionTimeout.compareTo(
                    Duration.ofDays(1)) > 0) {
                problems.add("sessionTimeout is " + sessionTimeout + ", not from 3 seconds to a day");
            }
            if (resultBytesMax < 0 || resultBytesMax > RESULT_BYTES_MAX) {
                problems.add("resultBytesMax is " + resultBytesMax + ", not from 0 to " + RESULT_BYTES_MAX);
            }
        }
    }
}
