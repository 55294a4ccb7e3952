package io.driftless.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Finds out from what peers have seen whether this server's data folder was put back to an earlier copy, or runs a
 * second time: then it has acknowledged and voted without knowing (R18). Each start makes its boot durable before it
 * greets, so a start that was seen with a higher boot, or with the same one and another run, is no earlier one of this
 * folder as it is now; and one that was seen after this very run is no earlier one at all. Confined to the core's
 * owner.
 */
final class FolderCopies {

    private final Introduction self;
    /** Runs that this one has come into doubt for: met again before this one only, they say nothing new. */
    private final SortedSet<UUID> known = new TreeSet<>();

    FolderCopies(Introduction self) {
        this.self = self;
    }

    /**
     * What a peer has seen that cannot be an earlier start of this folder.
     *
     * @param bootSeen the highest boot among those starts
     * @param detail   what is wrong, in one line
     */
    record Finding(long bootSeen, String detail) { }

    /** What the peer's greeting says of this folder; empty if nothing is wrong. */
    Optional<Finding> in(Introduction peer) {
        List<Sighting> own = peer.seen().stream().filter(start -> start.incarnation().equals(self.incarnation()))
                .toList();
        int at = own.size();
        while (at > 0 && !own.get(at - 1).run().equals(self.run())) {
            at--;
        }
        boolean wasSeen = at > 0;
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            Sighting start = own.get(i);
            boolean isLater = wasSeen && i >= at;
            boolean isNews = !wasSeen || !known.contains(start.run());
            if (!start.run().equals(self.run()) && (isLater || start.boot() >= self.boot() && isNews)) {
                found.add(new Finding(start.boot(), detail(peer, start, isLater)));
            }
        }
        own.forEach(start -> known.add(start.run()));
        return found.stream().max(Comparator.comparingLong(Finding::bootSeen));
    }

    private String detail(Introduction peer, Sighting start, boolean isLater) {
        return "in doubt: " + peer.id() + " has seen another start of this data folder, " + start
                + (isLater ? ", after this one" : "") + "; this one is boot " + self.boot() + ", run "
                + self.run().toString().substring(0, 8) + ". " + (isLater ? "A copy of the folder runs there:"
                + " stop one of the two" : "The folder was put back to an earlier copy, or a copy of it runs"
                + " there") + "; this server has no vote until a leader has brought it up to date";
    }
}
