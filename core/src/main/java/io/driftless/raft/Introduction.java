package io.driftless.raft;

import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * What a server tells of itself when a connection begins. Immutable.
 *
 * @param id          its name
 * @param incarnation identity of its data directory, made with it
 * @param boot        how many times it has been started on that directory, from 1
 * @param run         identity of this start, random: a copied directory, or one put back to an earlier state, repeats
 *                    a boot but never a run
 * @param members     the member list it was configured with, in canonical form
 * @param formed      the members and incarnations of the formed cluster it belongs to; empty while it is an empty
 *                    server (R17)
 * @param inDoubt     whether it may have lost entries that it acknowledged in an earlier start (R18)
 * @param seen        starts of others that it was connected with, those of one incarnation in the order in which they
 *                    were last met; from memory, so it ends with the process
 */
public record Introduction(ServerId id, UUID incarnation, long boot, UUID run, String members,
        SortedMap<ServerId, UUID> formed, boolean inDoubt, List<Sighting> seen) {

    /** Copies the list. */
    public Introduction {
        seen = List.copyOf(seen);
    }

    /** Of a server that is not in doubt, and has met nobody. */
    public Introduction(ServerId id, UUID incarnation, long boot, UUID run, String members,
            SortedMap<ServerId, UUID> formed) {
        this(id, incarnation, boot, run, members, formed, false, List.of());
    }

    /** Whether the server belongs to a formed cluster. */
    public boolean isFormed() {
        return !formed.isEmpty();
    }
}
