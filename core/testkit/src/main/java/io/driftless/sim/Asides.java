package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;

/** Connections of a client beside its own. */
final class Asides {

    private final List<SessionLine> lines = new ArrayList<>();

    /** The line, which is one of them now. */
    SessionLine with(SessionLine line) {
        lines.add(line);
        return line;
    }

    /** They end. Otherwise the sessions that they name would be renewed for ever, and the log grow without a client. */
    void leave() {
        lines.forEach(SessionLine::leave);
        lines.clear();
    }
}
