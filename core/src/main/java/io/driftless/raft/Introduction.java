package io.driftless.raft;

import java.util.SortedMap;
import java.util.UUID;

/**
 * What a server tells of itself when a connection begins. Immutable.
 *
 * @param id          its name
 * @param incarnation identity of its data directory, made with it
 * @param boot        how many times it has been started on that directory, from 1
 * @param members     the member list it was configured with, in canonical form
 * @param formed      the members and incarnations of the formed cluster it belongs to; empty while it is an empty
 *                    server (R17)
 * @param inDoubt     whether it may have lost entries that it acknowledged in an earlier boot (R18)
 */
public record Introduction(ServerId id, UUID incarnation, long boot, String members, SortedMap<ServerId, UUID> formed,
        boolean inDoubt) {

    /** Of a server that is not in doubt. */
    public Introduction(ServerId id, UUID incarnation, long boot, String members, SortedMap<ServerId, UUID> formed) {
        this(id, incarnation, boot, members, formed, false);
    }

    /** Whether the server belongs to a formed cluster. */
    public boolean isFormed() {
        return !formed.isEmpty();
    }
}
