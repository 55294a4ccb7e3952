package io.driftless.node;

import io.driftless.errors.ConfigException;
import java.time.Duration;
import java.util.Properties;

/** How a node runs. Immutable; made by a {@link Builder} or from properties. SKELETON: from(), the key table follow. */
public final class NodeConfig {

    private final Builder values;

    private NodeConfig(Builder values) {
        this.values = values;
    }

    /** With defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** From properties: every problem at once in one {@link ConfigException}. */
    public static NodeConfig from(Properties properties) {
        return builder().build();
    }

    public String serializer() {
        return values.serializer;
    }

    public int segmentBytes() {
        return values.segmentBytes;
    }

    public int entryBytesMax() {
        return values.entryBytesMax;
    }

    public Duration electionTimeoutMin() {
        return values.electionTimeoutMin;
    }

    public Duration electionTimeoutMax() {
        return values.electionTimeoutMax;
    }

    public Duration heartbeatInterval() {
        return values.heartbeatInterval;
    }

    public boolean platformPeerThreads() {
        return values.platformPeerThreads;
    }

    /** Where to listen; empty: this node's address in the member list. */
    public String bind() {
        return values.bind;
    }

    public int inFlightMax() {
        return values.inFlightMax;
    }

    /** Collects the values. */
    public static final class Builder {
        private String serializer = "kryo";
        private int segmentBytes = 64 << 20;
        private int entryBytesMax = 1 << 20;
        private Duration electionTimeoutMin = Duration.ofMillis(300);
        private Duration electionTimeoutMax = Duration.ofMillis(600);
        private Duration heartbeatInterval = Duration.ofMillis(50);
        private boolean platformPeerThreads;
        private String bind = "";
        private int inFlightMax = 4096;

        private Builder() { }

        public NodeConfig build() {
            return new NodeConfig(this);
        }
    }
}
