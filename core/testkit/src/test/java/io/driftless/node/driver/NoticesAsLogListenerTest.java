package io.driftless.node.driver;

import io.driftless.log.LogListener;
import io.driftless.node.NodeListener;
import io.driftless.tck.LogListenerContract;
import org.junit.jupiter.api.AfterEach;

/** What a node gives its log: it takes everything, also while the embedder's listener throws. */
class NoticesAsLogListenerTest extends LogListenerContract {

    private final Notices notices = new Notices(new NodeListener() {
        @Override
        public void warning(String message) {
            throw new StackOverflowError("mine");
        }
    }, error -> { }, Engine.ofThreads().standby("notices-test"));

    @Override
    protected LogListener listener() {
        return notices::warning;
    }

    @AfterEach
    void close() {
        notices.close();
    }
}
