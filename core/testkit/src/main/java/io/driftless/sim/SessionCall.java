package io.driftless.sim;

import io.driftless.sim.history.Operation;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An operation that a {@link SessionClient} has under way, and the attempts at it. Confined to its client. */
final class SessionCall {

    final Operation operation;
    final long deadlineNs;
    /** Copies that were sent and not rejected: by these it may have been executed. */
    private final Set<Long> open = new HashSet<>();
    /** Its number in the session. */
    private long serial;
    /** Where it was sent last; null if it has to be sent. */
    private @Nullable SessionLine sentOn;

    SessionCall(Operation operation, long deadlineNs, long serial) {
        this.operation = operation;
        this.deadlineNs = deadlineNs;
        this.serial = serial;
    }

    long serial() {
        return serial;
    }

    /** It goes on in another session: nothing of it can have been executed. */
    void renumbered(long newSerial) {
        serial = newSerial;
        sentOn = null;
    }

    void sent(SessionLine line, long copy) {
        sentOn = line;
        open.add(copy);
    }

    /** Another copy is on its way, on another connection. */
    void copied(long copy) {
        open.add(copy);
    }

    void rejected(long copy) {
        open.remove(copy);
    }

    /** It has to be sent again. */
    void wanted() {
        sentOn = null;
    }

    boolean isSentOn(SessionLine line) {
        return sentOn == line;
    }

    boolean mayBeExecuted() {
        return !open.isEmpty();
    }
}
