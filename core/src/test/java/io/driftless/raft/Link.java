package io.driftless.raft;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * One end of a connection, as the server {@code owner} sees its peer: what the peer introduced itself with, and what
 * has arrived from it, lane by lane.
 */
final class Link {

    final ServerId owner;
    final ServerId peer;
    /** What the peer said of itself; present while the connection stands. */
    Optional<Introduction> hello = Optional.empty();
    /** Whether the owner has been told that the connection stands; it may take a while to notice that it broke. */
    boolean told;
    private final Map<Lane, Deque<Message>> arrived = new EnumMap<>(Lane.class);

    Link(ServerId owner, ServerId peer) {
        this.owner = owner;
        this.peer = peer;
        for (Lane lane : Lane.values()) {
            arrived.put(lane, new ArrayDeque<>());
        }
    }

    boolean isUp() {
        return hello.isPresent();
    }

    Deque<Message> queue(Lane lane) {
        return arrived.get(lane);
    }

    boolean hasMessages() {
        return arrived.values().stream().anyMatch(queue -> !queue.isEmpty());
    }

    /** The connection breaks: what was on its way is lost. The owner has not noticed yet. */
    void breaks() {
        hello = Optional.empty();
        arrived.values().forEach(Deque::clear);
    }
}
