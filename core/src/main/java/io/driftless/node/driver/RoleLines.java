package io.driftless.node.driver;

import io.driftless.raft.Effect;
import io.driftless.raft.ServerId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The lines about changes of role. Every leader is told of; the rounds of a server that finds none, several a second,
 * only with growing pauses, each kind by itself. Confined to the core's owner.
 */
final class RoleLines {

    /** Kinds differ in role and reason, not in terms, so that they are few. */
    private static final int KINDS_MAX = 100;

    private final ServerId self;
    private final Map<String, GrowingPause> pauses = new HashMap<>();

    RoleLines(ServerId self) {
        this.self = self;
    }

    /** The line to tell of it, if one is due. */
    Optional<String> of(Effect.RoleChanged change, long nowNs) {
        boolean follows = !change.leaderId().isNone() && !change.leaderId().equals(self);
        String line = "term " + change.term() + ": " + change.role() + (follows ? " of " + change.leaderId() : "")
                + " (" + change.reason() + ")";
        if (!change.leaderId().isNone()) {
            return Optional.of(line);
        }
        if (pauses.size() >= KINDS_MAX) {
            pauses.clear();
        }
        GrowingPause pause = pauses.computeIfAbsent(change.role() + " " + change.reason().replaceAll("\\d+", ""),
                kind -> new GrowingPause());
        if (!pause.isDue(nowNs)) {
            return Optional.empty();
        }
        long held = pause.takeHeld();
        return Optional.of(held == 0 ? line : line + ", and " + held + " more like it since the last one told");
    }
}
