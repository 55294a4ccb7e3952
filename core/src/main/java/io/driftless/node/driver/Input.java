package io.driftless.node.driver;

import io.driftless.machine.TransferOutcome;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Event;
import io.driftless.raft.ServerId;
import io.driftless.transport.Peer;
import java.util.List;
import java.util.function.Consumer;

/** What waits for the owner of the core. Immutable. */
sealed interface Input {

    /**
     * An event for the core.
     *
     * @param event the event
     */
    record ForCore(Event event) implements Input { }

    /**
     * A connection stands.
     *
     * @param peer the other side
     */
    record Connected(Peer peer) implements Input { }

    /** The core was made, and has decided something already. */
    enum Start implements Input { START }

    /** The time that the core asked for has come. */
    enum Tick implements Input { TICK }

    /**
     * Commands of clients.
     *
     * @param batch the commands
     */
    record Commands(CommandBatch batch) implements Input { }

    /**
     * Clients want to read all that was committed before (R20).
     *
     * @param queries what they ask; empty if only the age of the state is to be known
     */
    record Read(List<PendingQuery> queries) implements Input { }

    /**
     * Leadership is to be handed over.
     *
     * @param target     to whom; {@link ServerId#NONE}: to whoever has most of the log
     * @param deadlineNs until when the target may catch up
     * @param asker      is told, once the core was let go
     */
    record Transfer(ServerId target, long deadlineNs, Consumer<TransferOutcome> asker) implements Input { }

    /**
     * Somebody wants to know how the server is.
     *
     * @param answer gets the answer once the core was let go
     */
    record Ask(Consumer<CoreStatus> answer) implements Input { }
}
