package io.driftless.node;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listener of a node that was given none: everything becomes a line of slf4j's logger of {@link RaftNode}. */
final class LoggingListener implements NodeListener {

    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

    private final String node;

    LoggingListener(String node) {
        this.node = node;
    }

    @Override
    public void info(String message) {
        LOG.info("{}: {}", node, message);
    }

    @Override
    public void warning(String message) {
        LOG.warn("{}: {}", node, message);
    }

    @Override
    public void ready() {
        LOG.info("{}: ready", node);
    }

    @Override
    public void error(ErrorEntry error) {
        LOG.error("{}: {}: {}", node, error.source(), error.message());
    }

    @Override
    public void ended(NodeEnd end) {
        if (end.cause() == EndCause.STOPPED) {
            LOG.info("{}: stopped", node);
        } else {
            LOG.error("{}: ended: {} ({}, exit code {})", node, end.detail(), end.cause(), end.exitCode());
        }
    }
}
