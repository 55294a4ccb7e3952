package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.Serializer;
import io.driftless.log.Storage;
import io.driftless.raft.Event;
import java.util.List;

/** Takes what the disk has completed to the core. Thread: whoever wrote. */
final class Completions {

    private final Storage storage;
    private final Serializer serializer;
    private final Greeting greeting;
    private final NodeLoop loop;

    Completions(Storage storage, Serializer serializer, Greeting greeting, NodeLoop loop) {
        this.storage = storage;
        this.serializer = serializer;
        this.greeting = greeting;
        this.loop = loop;
    }

    /** Takes note of what is written, in order; what is left to be done about it can wait until the disk was let go. */
    Engine.Then take(List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.FormationPersisted) {
                greeting.formed(storage.configuration()
                        .map(bytes -> RecordBodies.configuration(bytes, serializer)).orElseThrow());
            }
        }
        boolean hasTurn = loop.announce(events.stream().map(Input.ForCore::new).toList());
        return hasTurn ? loop::work : Engine.Then.NOTHING;
    }
}
