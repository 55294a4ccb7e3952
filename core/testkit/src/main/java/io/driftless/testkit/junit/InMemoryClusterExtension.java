package io.driftless.testkit.junit;

import io.driftless.client.RaftClient;
import io.driftless.machine.StateMachine;
import io.driftless.testkit.InMemoryCluster;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A cluster in memory for each test, and a client of it, as parameters of the test:
 *
 * <pre>{@code
 * @RegisterExtension
 * final InMemoryClusterExtension cluster = InMemoryClusterExtension.of(3, Counter::new);
 *
 * @Test
 * void counts(InMemoryCluster cluster, RaftClient client) { ... }
 * }</pre>
 *
 * <p>Confined to the test's thread.
 */
public final class InMemoryClusterExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private final Supplier<InMemoryCluster> starts;
    private @Nullable InMemoryCluster cluster;
    private @Nullable RaftClient client;

    private InMemoryClusterExtension(Supplier<InMemoryCluster> starts) {
        this.starts = starts;
    }

    /**
     * A cluster of {@code size} voters for each test, each voter with a state machine of its own. See
     * {@link InMemoryCluster#of}.
     */
    public static InMemoryClusterExtension of(int size, Supplier<? extends StateMachine> machine) {
        return new InMemoryClusterExtension(() -> InMemoryCluster.of(size, machine));
    }

    /** A cluster that {@code starts} starts, once for each test. */
    public static InMemoryClusterExtension of(Supplier<InMemoryCluster> starts) {
        return new InMemoryClusterExtension(starts);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        cluster = starts.get();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (client != null) {
            client.close();
            client = null;
        }
        if (cluster != null) {
            InMemoryCluster closing = cluster;
            cluster = null;
            closing.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return cluster != null && (type == InMemoryCluster.class || type == RaftClient.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        InMemoryCluster running = java.util.Objects.requireNonNull(cluster);
        if (parameter.getParameter().getType() == InMemoryCluster.class) {
            return running;
        }
        if (client == null) {
            client = running.client();
        }
        return client;
    }
}
