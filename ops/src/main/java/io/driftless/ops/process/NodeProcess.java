package io.driftless.ops.process;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.LogException;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeListener;
import io.driftless.node.NodeSettings;
import io.driftless.node.RaftNode;
import io.driftless.node.UndecidedTail;
import io.driftless.ops.BuildInfo;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.transport.HostPort;
import io.driftless.transport.nio.NioTransport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node in this process, from its first log line to its exit code. SIGTERM, SIGINT and, for a child, the end of its
 * parent close it: no new connections, what is in flight is answered, the log is closed, exit code 0.
 */
public final class NodeProcess {

    private static final Logger LOG = LoggerFactory.getLogger("driftless.node");
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(9);

    /** So long the end of the process waits for whoever reads its last lines. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final StandardError stderr = StandardError.takeOver();
    private final NodeSettings settings;
    private final MachineSource machines;
    private final boolean acceptLoss;
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    /** With the exit code, when everything is closed. */
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    /** Set before anybody is told. */
    private volatile boolean ready;

    /**
     * With checked settings.
     *
     * @param machines   makes what it replicates
     * @param acceptLoss whether a server in doubt goes on without what it lost
     */
    public NodeProcess(NodeSettings settings, MachineSource machines, boolean acceptLoss) {
        this.settings = settings;
        this.machines = machines;
        this.acceptLoss = acceptLoss;
    }

    /**
     * Runs until the node has ended. A signal ends the process from within, with exit code 0.
     *
     * @param parentPipe ends the node when it ends
     * @return the exit code
     */
    public int run(ParentPipe parentPipe) throws InterruptedException {
        int code = CommandFailedException.FAILED;
        try {
            code = runToEnd(parentPipe);
        } catch (OutOfMemoryError noThread) {
            LOG.error("ended: {}", noThread.getMessage());
            code = EndCause.OUT_OF_RESOURCES.exitCode();
        } finally {
            stderr.await(LAST_WORDS);
            closed.complete(code);
        }
        return code;
    }

    private int runToEnd(ParentPipe parentPipe) throws InterruptedException {
        logStart();
        // Before the start: whoever reads that the node is ready may send a signal before start() has returned.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stoppedBySignal, "driftless-shutdown"));
        RaftNode node;
        try {
            node = start();
            ready = true;
        } catch (NodeStartException refused) {
            LOG.error("not started: {}", refused.getMessage());
            return refused.endCause().exitCode();
        } catch (LogException damaged) {
            LOG.error("not started: {}", damaged.getMessage());
            return damaged.endCause().exitCode();
        }
        node.ended().thenAccept(end -> exitCode.complete(end.exitCode()));
        parentPipe.whenClosed(() -> exitCode.complete(EndCause.STOPPED.exitCode()));
        int code = awaitExitCode();
        String blocked = code == EndCause.STOPPED.exitCode() ? node.status().blocked() : "";
        node.close();
        if (blocked.isEmpty()) {
            LOG.info("stopped");
        } else {
            LOG.warn("stopped, as it was: {}", blocked);
        }
        stderr.await(LAST_WORDS);
        parentPipe.clearUp();
        return code;
    }

    private int awaitExitCode() throws InterruptedException {
        try {
            return exitCode.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("an exit code never fails", impossible);
        }
    }

    private RaftNode start() {
        // All threads of the node come from this one, and libraries of a state machine may look there for classes.
        Thread.currentThread().setContextClassLoader(machines.loader());
        return RaftNode.builder(settings)
                .storage(MmapStorage.at(settings.dataDir()))
                .transport(NioTransport.tcp())
                .stateMachine(machines)
                .listener(new LogLines())
                .acceptLoss(acceptLoss)
                .start();
    }

    // Runs for every end of the JVM: by a signal, and also behind run() itself, where nothing is left to do. A JVM that
    // a signal ends would exit with 128 and the signal's number; a stop that was asked for is a success, so the code is
    // set by halting.
    private void stoppedBySignal() {
        if (closed.isDone()) {
            return;
        }
        if (!ready) {
            // A start may take long, and can be cut short at any point.
            LOG.info("stopped before it was ready");
            stderr.await(LAST_WORDS);
            Runtime.getRuntime().halt(EndCause.STOPPED.exitCode());
        }
        if (exitCode.complete(EndCause.STOPPED.exitCode())) {
            LOG.info("stopping");
        }
        int code = CommandFailedException.FAILED;
        try {
            code = closed.get(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException hangs) {
            LOG.error("not closed within {} s; giving up", CLOSE_WITHIN.toSeconds());
            stderr.await(LAST_WORDS);
        } catch (InterruptedException | ExecutionException nobodyDoesThis) {
            LOG.error("not closed: {}", nobodyDoesThis.toString());
        }
        Runtime.getRuntime().halt(code);
    }

    private void logStart() {
        LOG.info("{}", BuildInfo.describe());
        LOG.info("cluster {}, node {} at {}, members {}", settings.clusterId(), settings.nodeId(),
                settings.listenAddress(), settings.members());
        settings.warnings().forEach(warning -> LOG.warn("{}", warning));
        LOG.info("data directory {}, durability {}, serializer {}", settings.dataDir().toAbsolutePath(),
                settings.config().durability(),
                settings.config().serializer());
        LOG.info("state machine {}", machines.description());
        if (settings.config().durability() == DurabilityPolicy.INTERVAL) {
            LOG.info("the log is synced every {} ms", settings.config().syncInterval().toMillis());
        }
        if (settings.config().undecidedTail() != UndecidedTail.TRUST) {
            LOG.info("an undecided tail of the log: {}", settings.config().undecidedTail());
        }
        if (settings.config().onUnrecoverable() != Action.HALT) {
            LOG.info("on an unrecoverable error: {}", settings.config().onUnrecoverable());
        }
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            LOG.warn("durability across a power cut is claimed on Linux only");
        }
        if (!isLoopback(settings.listenAddress())) {
            LOG.warn("listening on {} without TLS: whoever reaches this port can read and change everything",
                    settings.listenAddress());
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(HostPort.parse(address).host()).isLoopbackAddress();
        } catch (UnknownHostException startWillSay) {
            return false;
        }
    }

    /** What the node tells becomes log lines. */
    private final class LogLines implements NodeListener {
        @Override
        public void info(String message) {
            LOG.info("{}", message);
        }

        @Override
        public void warning(String message) {
            LOG.warn("{}", message);
        }

        @Override
        public void ready() {
            ready = true;
            LOG.info("ready");
        }

        @Override
        public void error(ErrorEntry error) {
            LOG.error("{}: {}", error.source(), error.message());
        }

        @Override
        public void ended(NodeEnd end) {
            if (end.cause() != EndCause.STOPPED) {
                LOG.error("ended: {} ({}), exit code {}", end.detail(), end.cause(), end.exitCode());
                // The process may be halted next.
                stderr.await(LAST_WORDS);
            }
        }
    }
}
