package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.codec.Serializer;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.raft.Sighting;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import io.driftless.transport.TransportListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two servers on one network, which the suites {@link TransportContract} and {@link ClientTransportContract} share.
 */
public abstract class TransportSetting {

    /** The two servers of the suite. */
    protected static final ServerId N1 = new ServerId("n1");
    /** See {@link #N1}. */
    protected static final ServerId N2 = new ServerId("n2");

    static final String CLUSTER = "contract";

    final SortedMap<ServerId, String> addresses = new TreeMap<>();
    private final List<Node> nodes = new ArrayList<>();

    /** The factory of the transport under test. All calls in one test give factories for the same network. */
    protected abstract TransportFactory factory();

    /** An address that nobody listens on, a different one each time. */
    protected abstract String freeAddress();

    /** The serializer with which messages are written. */
    protected abstract Serializer serializer();

    /** A started transport, together with what it delivered. */
    protected final class Node implements AutoCloseable {
        final Transport transport;
        final RecordingReceiver receiver = new RecordingReceiver();
        final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
        /** What it tells of itself. */
        volatile Introduction introduction;
        /** Runs whenever it is asked for that. */
        volatile Runnable beforeItIntroducesItself = () -> { };

        Node(ServerId id, String clusterId, long boot) {
            TransportListener listener = new TransportListener() {
                @Override
                public void warning(String message) {
                    warnings.add(message);
                }

                @Override
                public void badFrame(String remote, String message) {
                    warnings.add("bad frame from " + remote + ": " + message);
                }
            };
            introduction = introduction(id, boot);
            transport = factory().create(new TransportContext(clusterId, id, addresses.get(id), addresses, serializer(),
                    () -> {
                        beforeItIntroducesItself.run();
                        return introduction;
                    }, false, 16 << 20, listener));
            nodes.add(this);
        }

        Node start() {
            transport.start(receiver);
            return this;
        }

        /** The transport. */
        public Transport transport() {
            return transport;
        }

        /** What it delivered. */
        public RecordingReceiver receiver() {
            return receiver;
        }

        void awaitConnected(ServerId peer, long boot) {
            receiver.await("connected to " + peer + " boot " + boot + ", warnings " + warnings,
                    () -> receiver.peers().stream()
                            .anyMatch(p -> p.id().equals(peer) && p.introduction().boot() == boot));
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    /** Everything that can be told is told; of an odd boot other things than of an even one. */
    static Introduction introduction(ServerId id, long boot) {
        ClusterConfiguration cluster = SampleConfigurations.ofEachShape().get(boot % 2 == 0
                ? "joint with learners now and next" : "simple");
        return new Introduction(id, new UUID(1, id.hashCode()), boot, runOf(id, boot), "n1,n2",
                Optional.of(new CommittedConfiguration(boot, cluster)), 1_000_000 * boot, boot % 2 == 0, boot % 2 == 0,
                seenBy(id, boot));
    }

    static CommittedConfiguration ofGeneration(long generation) {
        ClusterConfiguration simple = SampleConfigurations.ofEachShape().get("simple");
        return new CommittedConfiguration(0, new ClusterConfiguration(simple.configuration(), simple.members(),
                generation));
    }

    static UUID runOf(ServerId id, long boot) {
        return new UUID(boot, id.hashCode());
    }

    static List<Sighting> seenBy(ServerId id, long boot) {
        return List.of(new Sighting(new UUID(3, id.hashCode()), boot, new UUID(4, boot), "a.example:7001"),
                new Sighting(new UUID(3, id.hashCode()), boot, new UUID(5, boot), ""));
    }

    @BeforeEach
    void chooseAddresses() {
        addresses.put(N1, freeAddress());
        addresses.put(N2, freeAddress());
    }

    @AfterEach
    void closeAll() {
        for (Lane lane : Lane.values()) {
            nodes.forEach(node -> node.receiver.release(lane));
        }
        nodes.forEach(Node::close);
        nodes.forEach(node -> assertEquals(List.of(), node.receiver.violations()));
    }

    /** Starts a node. */
    protected Node node(ServerId id, long boot) {
        return new Node(id, CLUSTER, boot).start();
    }
}
