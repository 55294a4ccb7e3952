package io.driftless.node;

import java.util.ArrayList;
import java.util.List;

/**
 * What one drain of the core's events leaves to be done once the core is let go: I/O that its owner must not do. Sends
 * to peers first, then replies, then the disk; a leader applies before it writes, because its clients wait for that,
 * and a follower after, because its leader waits for the write. Confined to one thread.
 */
final class Round {

    final Replies replies = new Replies();
    private final List<SendLane> lanes = new ArrayList<>(6);
    private boolean disk;
    private boolean apply;

    void lane(SendLane lane) {
        lanes.add(lane);
    }

    void disk(boolean announcedFirst) {
        disk |= announcedFirst;
    }

    void apply(boolean announcedFirst) {
        apply |= announcedFirst;
    }

    /** Does it. */
    void carryOut(DiskQueue diskQueue, ApplyQueue applyQueue, boolean leads, boolean mayWaitForDisk) {
        for (SendLane lane : lanes) {
            lane.send();
        }
        replies.flush();
        if (apply && leads) {
            applyQueue.kick();
        }
        if (disk) {
            diskQueue.kick(mayWaitForDisk);
        }
        if (apply && !leads) {
            applyQueue.kick();
        }
    }
}
