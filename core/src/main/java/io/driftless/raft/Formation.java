package io.driftless.raft;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The configuration of index 0: who formed the cluster, each with the incarnation it formed with (R17). Immutable.
 *
 * @param configuration who votes and who learns
 * @param incarnations  the incarnation of every member
 */
public record Formation(Configuration configuration, SortedMap<ServerId, UUID> incarnations) {

    /** Copies the map and checks that it names exactly the members. */
    public Formation {
        incarnations = Collections.unmodifiableSortedMap(new TreeMap<>(incarnations));
        if (!incarnations.keySet().equals(configuration.members())) {
            throw new IllegalArgumentException("incarnations of " + incarnations.keySet() + " for members "
                    + configuration.members());
        }
    }

    /** Whether {@code id} with {@code incarnation} is one of those that formed the cluster. */
    public boolean names(ServerId id, UUID incarnation) {
        return incarnation.equals(incarnations.get(id));
    }
}
