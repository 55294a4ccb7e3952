package io.driftless.node.driver;

import io.driftless.machine.TransferOutcome.NotTransferred;
import io.driftless.machine.TransferOutcome.Reason;
import io.driftless.machine.TransferOutcome.Transferred;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Who has asked that leadership be handed over (R26), and is told what became of it. Confined to the owner of the core,
 * but for {@link #ending}.
 */
final class Handovers {

    static final NotTransferred ENDED = new NotTransferred(Reason.CLOSED, "the node has ended");

    private final Map<Long, Consumer<TransferOutcome>> askers = new ConcurrentHashMap<>();
    private long lastId;

    /** What the core is to be told. */
    Event begun(Input.Transfer request) {
        askers.put(++lastId, request.asker());
        return new Event.TransferLeadership(lastId, request.target(), request.deadlineNs());
    }

    /** Tells who asked, to be done once the core was let go. */
    Runnable ended(Effect.TransferEnded end) {
        Consumer<TransferOutcome> asker = askers.remove(end.id());
        TransferOutcome outcome = switch (end.end()) {
            case DONE -> new Transferred(end.target().value());
            case NOT_LEADER -> new NotTransferred(Reason.NOT_LEADER, end.detail());
            case BUSY -> new NotTransferred(Reason.BUSY, end.detail());
            case NO_TARGET -> new NotTransferred(Reason.NO_TARGET, end.detail());
            case NOT_IN_TIME -> new NotTransferred(Reason.TIMEOUT, end.detail());
        };
        return () -> {
            if (asker != null) {
                asker.accept(outcome);
            }
        };
    }

    /** The node ends: who asked is told so. From any thread. */
    void ending() {
        for (Long id : askers.keySet()) {
            Consumer<TransferOutcome> asker = askers.remove(id);
            if (asker != null) {
                asker.accept(ENDED);
            }
        }
    }
}
