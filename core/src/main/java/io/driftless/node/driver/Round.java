package io.driftless.node.driver;

import java.util.ArrayList;
import java.util.List;

/**
 * What one turn at the core leaves to be done once the core is let go: I/O that its owner must not do. Who
 * asked how the core was is answered before anything else can change. Then sends to peers, then replies, then the disk;
 * a leader applies before it writes, because its clients wait for that, and a follower after, because its leader waits
 * for the write. Confined to one thread.
 */
final class Round {

    final Replies replies = new Replies();
    private final List<SendLane> lanes = new ArrayList<>(6);
    private List<Runnable> answers = List.of();
    private boolean disk;
    private boolean apply;

    void lane(SendLane lane) {
        lanes.add(lane);
    }

    void answer(Runnable answer) {
        if (answers.isEmpty()) {
            answers = new ArrayList<>(2);
        }
        answers.add(answer);
    }

    void disk(boolean hasTurn) {
        disk |= hasTurn;
    }

    void apply(boolean hasTurn) {
        apply |= hasTurn;
    }

    /** Does it. */
    void carryOut(DiskQueue diskQueue, ApplyQueue applyQueue, boolean leads, Leisure leisure) {
        for (Runnable answer : answers) {
            answer.run();
        }
        for (SendLane lane : lanes) {
            lane.work();
        }
        replies.flush();
        if (apply && leads) {
            apply(applyQueue, leisure);
        }
        if (disk && leisure == Leisure.WRITE) {
            diskQueue.work();
        } else if (disk) {
            diskQueue.handOver();
        }
        if (apply && !leads) {
            apply(applyQueue, leisure);
        }
    }

    private static void apply(ApplyQueue applyQueue, Leisure leisure) {
        if (leisure == Leisure.NONE) {
            applyQueue.handOver();
        } else {
            applyQueue.work();
        }
    }
}
