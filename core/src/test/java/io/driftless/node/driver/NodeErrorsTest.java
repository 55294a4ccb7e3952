package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Storage;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** In which order it becomes known that a run cannot go on. */
class NodeErrorsTest {

    private final RecordingErrorSink recent = RecordingErrorSink.inMemory();
    private final List<String> seen = new ArrayList<>();
    private final NodeListener listener = new NodeListener() {
        @Override
        public void error(ErrorEntry error) {
            look("told");
        }
    };
    /** What is left for the emergency thread is done here and now. */
    private final Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> StandIn.of(
            Engine.Errands.class, (errands, called, errand) -> {
                if (called.getName().equals("execute")) {
                    ((Runnable) errand[0]).run();
                }
                return null;
            }));
    private final NodeErrors errors = new NodeErrors(new NodeParts("c", "n1", Members.parse("n1=a:1"),
            NodeConfig.builder().build(), null, null, null, listener, Optional.empty(), recent,
            UnrecoverableErrorHandler.STOP, false, engine), StandIn.of(Storage.class, (proxy, method, arguments) ->
            Optional.empty()), (cause, error, isMended) -> look("ends"));

    private void look(String when) {
        seen.add(when + ": " + (errors.hasFailed() ? "failed, " : "not failed, ") + recent.recent().size());
    }

    @Test
    void whoSeesThatARunHasFailedFindsTheError() {
        errors.silenceBy(why -> look("silent"));
        errors.unrecoverable(EndCause.INVARIANT, "core", "broken", null);
        errors.unrecoverable(EndCause.INVARIANT, "core", "broken again", null);
        assertEquals(List.of("silent: not failed, 0", "told: failed, 1", "ends: failed, 1"), seen);
    }
}
