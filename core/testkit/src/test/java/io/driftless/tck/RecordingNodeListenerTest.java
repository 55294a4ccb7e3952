package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.node.NodeListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A listener that keeps what it is told, as tests have one. */
class RecordingNodeListenerTest extends NodeListenerContract {

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected NodeListener listener() {
        return new NodeListener() {
            @Override
            public void info(String message) {
                told.add(message);
            }

            @Override
            public void warning(String message) {
                told.add(message);
            }
        };
    }

    @Override
    protected void told(List<String> lines) {
        assertEquals(2 * lines.size(), told.size());
    }
}
