package io.driftless.raft;

import java.util.ArrayList;
import java.util.List;

/** The effects of one step or several, in order. Confined to the core's owner. */
public final class Effects {

    private final List<Effect> list = new ArrayList<>();

    /** Adds one at the end. */
    void add(Effect effect) {
        list.add(effect);
    }

    /** What was emitted, and empties this. */
    public List<Effect> take() {
        List<Effect> taken = List.copyOf(list);
        list.clear();
        return taken;
    }
}
