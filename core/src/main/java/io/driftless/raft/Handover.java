package io.driftless.raft;

/** One handing over of leadership (thesis §3.10, R26). Confined to the core's owner. */
final class Handover {

    private final long id;
    private final ServerId target;
    /** Until when the target may catch up; once commands are held back, until when it may take over. */
    private long deadlineNs;
    private boolean isHolding;
    private boolean isSent;

    Handover(long id, ServerId target, long deadlineNs) {
        this.id = id;
        this.target = target;
        this.deadlineNs = deadlineNs;
    }

    ServerId target() {
        return target;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    /** Whether commands are held back. */
    boolean isHolding() {
        return isHolding;
    }

    /** Commands are held back from now on, so that the target can have all of the log. */
    void hold(long untilNs, Effects effects) {
        isHolding = true;
        deadlineNs = untilNs;
        effects.add(new Effect.HoldProposals(true));
    }

    /** Whether the target was told. */
    boolean isSent() {
        return isSent;
    }

    void sent() {
        isSent = true;
    }

    /** This server leads no more. */
    void leadershipLost(String why, Effects effects) {
        if (isSent) {
            ended(Effect.TransferEnd.DONE, "", effects);
        } else {
            ended(Effect.TransferEnd.NOT_LEADER, why + ", before " + target + " was told", effects);
        }
    }

    /** It is over: what was held back goes on, wherever that leads, and whoever asked is told. */
    void ended(Effect.TransferEnd end, String detail, Effects effects) {
        if (isHolding) {
            effects.add(new Effect.HoldProposals(false));
        }
        effects.add(new Effect.TransferEnded(id, target, end, detail));
    }
}
