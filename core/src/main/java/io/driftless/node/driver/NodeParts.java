package io.driftless.node.driver;

import io.driftless.errors.ErrorSink;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.UndecidedTail;
import io.driftless.transport.TransportFactory;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a node is made of: factories, so that a restart in place opens everything again. Immutable.
 *
 * @param clusterId       name of the cluster
 * @param nodeId          name of the node
 * @param members         the members and where they are
 * @param config          how the node runs
 * @param storage         opens its storage
 * @param transport       makes its transport
 * @param machine         makes its state machine
 * @param listener        is told in words
 * @param errors          takes unhandled errors; empty: memory, then the storage's file
 * @param recent          keeps the newest errors in memory, over restarts in place
 * @param onUnrecoverable decides what becomes of the node
 * @param acceptLoss      whether a server in doubt goes on without what it lost
 * @param engine          time, chance and threads
 */
public record NodeParts(String clusterId, String nodeId, Members members, NodeConfig config, StorageFactory storage,
        TransportFactory transport,
        Supplier<? extends StateMachine> machine, NodeListener listener, Optional<ErrorSink> errors,
        RecordingErrorSink recent, UnrecoverableErrorHandler onUnrecoverable, boolean acceptLoss, Engine engine) {

    /** Opens the storage. */
    Storage openStorage() {
        return storage.open(new StorageContext(clusterId, nodeId, config.segmentBytes(), config.entryBytesMax(),
                config.durability(), config.undecidedTail() == UndecidedTail.CATCH_UP, listener::warning));
    }

    /** Where to listen. */
    String listenAddress() {
        return config.bind().isEmpty() ? members.address(nodeId) : config.bind();
    }

    /** The name of a thread of this node, as jstack shows it. */
    String threadName(String role) {
        return "driftless-" + nodeId + "-" + role;
    }

    /** For the next start: a loss is accepted once. */
    NodeParts withoutAcceptedLoss() {
        return new NodeParts(clusterId, nodeId, members, config, storage, transport, machine, listener, errors,
                recent, onUnrecoverable, false, engine);
    }

    /** With another engine. */
    NodeParts on(Engine other) {
        return new NodeParts(clusterId, nodeId, members, config, storage, transport, machine, listener, errors, recent,
                onUnrecoverable, acceptLoss, other);
    }

    /** With another listener in between. */
    NodeParts told(NodeListener other) {
        return new NodeParts(clusterId, nodeId, members, config, storage, transport, machine, other, errors, recent,
                onUnrecoverable, acceptLoss, engine);
    }
}
