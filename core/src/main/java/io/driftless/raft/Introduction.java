package io.driftless.raft;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a server tells of itself when a connection begins. Immutable.
 *
 * @param id                   its name
 * @param incarnation          identity of its data directory, made with it
 * @param boot                 how many times it has been started on that directory, from 1
 * @param run                  identity of this start, random: a copied directory, or one put back to an earlier state,
 *                             repeats a boot but never a run
 * @param members              the member list it was configured with, in canonical form
 * @param committed            the newest configuration that it knows to be committed; empty while it is an empty server
 *                             (R17)
 * @param electionTimeoutMinNs its own shortest election timeout: for so long it believes in a leader that it has heard
 * @param leases               whether leaders may answer reads by a lease, as far as this server knows
 * @param inDoubt              whether it may have lost entries that it acknowledged in an earlier start (R18)
 * @param seen                 starts of others that it was connected with, those of one incarnation in the order in
 *                             which they were last met; from memory, so it ends with the process
 */
public record Introduction(ServerId id, UUID incarnation, long boot, UUID run, String members,
        Optional<CommittedConfiguration> committed, long electionTimeoutMinNs, boolean leases, boolean inDoubt,
        List<Sighting> seen) {

    /** Copies the list, and checks the election timeout. */
    public Introduction {
        seen = List.copyOf(seen);
        if (electionTimeoutMinNs < 1) {
            throw new IllegalArgumentException("electionTimeoutMin " + electionTimeoutMinNs + " ns");
        }
    }

    /** Of an empty server without leases that is not in doubt, and has met nobody. */
    public Introduction(ServerId id, UUID incarnation, long boot, UUID run, String members,
            long electionTimeoutMinNs) {
        this(id, incarnation, boot, run, members, Optional.empty(), electionTimeoutMinNs, false, false, List.of());
    }

    /** The same of a server that knows this configuration to be committed. */
    public Introduction withCommitted(CommittedConfiguration known) {
        return new Introduction(id, incarnation, boot, run, members, Optional.of(known), electionTimeoutMinNs, leases,
                inDoubt, seen);
    }

    /** The same of a server that is in doubt, or not. */
    public Introduction withDoubt(boolean isInDoubt) {
        return new Introduction(id, incarnation, boot, run, members, committed, electionTimeoutMinNs, leases,
                isInDoubt, seen);
    }

    /** The same of a server that has met these. */
    public Introduction withSeen(List<Sighting> met) {
        return new Introduction(id, incarnation, boot, run, members, committed, electionTimeoutMinNs, leases, inDoubt,
                met);
    }

    /** Whether the server belongs to a formed cluster. */
    public boolean isFormed() {
        return committed.isPresent();
    }

    /** Whether that cluster names {@code member}, with this incarnation. */
    public boolean names(ServerId member, UUID itsIncarnation) {
        return committed.isPresent() && committed.get().cluster().names(member, itsIncarnation);
    }

    /** The generation of its cluster; an empty server has none. */
    public OptionalLong generation() {
        return committed.isPresent() ? OptionalLong.of(committed.get().cluster().generation()) : OptionalLong.empty();
    }
}
