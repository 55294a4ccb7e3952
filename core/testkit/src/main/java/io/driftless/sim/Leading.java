package io.driftless.sim;

import io.driftless.raft.Message;
import org.jspecify.annotations.Nullable;

/** That a server leads a term, as it shows itself in what it says. Immutable. */
record Leading(int node, long term) {

    /** Null if the happening does not show it. */
    static @Nullable Leading in(Happening happening) {
        if (happening instanceof Happening.Looked looked && looked.status().role().equals("leader")) {
            return new Leading(looked.node(), looked.status().term());
        }
        if (happening instanceof Happening.Sent sent && sent.message() instanceof Message.AppendEntries append) {
            return new Leading(sent.from(), append.term());
        }
        return null;
    }
}
