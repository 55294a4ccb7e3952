package io.driftless.node;

import io.driftless.tck.NodeListenerContract;

/** The listener of a node that was given none. */
class LoggingListenerTest extends NodeListenerContract {

    @Override
    protected NodeListener listener() {
        return new LoggingListener("n1");
    }
}
