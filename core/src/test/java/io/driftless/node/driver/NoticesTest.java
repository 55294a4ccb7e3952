package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.node.NodeListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told to an embedder's listener. */
@Timeout(60)
class NoticesTest {

    @Test
    void aLineIsOneLineWhateverAStateMachineHasThrown() throws InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Notices notices = new Notices(new NodeListener() {
            @Override
            public void info(String message) {
                told.add(message);
            }
        }, error -> { }, Engine.ofThreads().standby("notices-test"));
        notices.info("it threw: first\n2026-11-30 INFO ready\r\nlast");
        assertEquals("it threw: first 2026-11-30 INFO ready last", told.take());
        notices.close();
    }
}
