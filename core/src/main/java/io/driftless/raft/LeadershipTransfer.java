package io.driftless.raft;

import java.util.Map;

/**
 * How a leader hands its leadership over (thesis §3.10, R26): it brings the target up to date, then holds commands
 * back until the target has all of the log, and tells it to campaign. If the target does not take over in time, the
 * leader goes on. A command that is held back has no index. Confined to the core's owner.
 */
final class LeadershipTransfer {

    private final ServerState state;

    LeadershipTransfer(ServerState state) {
        this.state = state;
    }

    /** Begins one, or refuses. */
    void begin(Event.TransferLeadership request) {
        if (!(state.role instanceof Role.Leader leader)) {
            refuse(request, Effect.TransferEnd.NOT_LEADER, state.leaderId.isNone() ? "no leader is known"
                    : "the leader is " + state.leaderId);
            return;
        }
        if (leader.handover != null) {
            refuse(request, Effect.TransferEnd.BUSY, "leadership is being handed over to " + leader.handover.target()
                    + " already");
            return;
        }
        ServerId target = request.target().isNone() ? best(leader) : request.target();
        String obstacle = target.isNone() ? "no other voter can take over" : refusal(leader, target);
        if (!obstacle.isEmpty()) {
            refuse(request, Effect.TransferEnd.NO_TARGET, obstacle);
            return;
        }
        leader.handover = new Handover(request.id(), target, request.deadlineNs());
        look(leader);
    }

    private void refuse(Event.TransferLeadership request, Effect.TransferEnd end, String detail) {
        state.effects.add(new Effect.TransferEnded(request.id(), request.target(), end, detail));
    }

    /** Of those who could take over the one that has most of the log. */
    private ServerId best(Role.Leader leader) {
        ServerId best = ServerId.NONE;
        long most = -1;
        for (Map.Entry<ServerId, Progress> peer : leader.progress.entrySet()) {
            if (refusal(leader, peer.getKey()).isEmpty() && peer.getValue().matchIndex() > most) {
                best = peer.getKey();
                most = peer.getValue().matchIndex();
            }
        }
        return best;
    }

    /** Why none is begun to it; empty if one may be. Commands would wait in vain for one that is not there. */
    private String refusal(Role.Leader leader, ServerId target) {
        String obstacle = obstacle(leader, target);
        boolean isSilent = obstacle.isEmpty() && state.nowNs - leader.progress.get(target).lastReplyNs()
                >= state.settings.electionTimeoutMinNs();
        return isSilent ? target + " does not answer" : obstacle;
    }

    /** Why it cannot take over; empty if it can. */
    private String obstacle(Role.Leader leader, ServerId target) {
        Progress progress = leader.progress.get(target);
        if (target.equals(state.self)) {
            return target + " leads already";
        }
        if (progress == null || !state.configuration.voters().contains(target)) {
            return target + (progress == null ? " is no member" : " has no vote");
        }
        if (!state.reaches(target)) {
            return target + " is not connected";
        }
        if (progress.isInDoubt()) {
            return target + " is in doubt";
        }
        return progress.isBehind() || progress.transfer() != null ? target + " needs a snapshot" : "";
    }

    /** Something has changed, or time has passed. */
    void look(Role.Leader leader) {
        Handover handover = leader.handover;
        if (handover == null) {
            return;
        }
        ServerId target = handover.target();
        String obstacle = obstacle(leader, target);
        if (!obstacle.isEmpty()) {
            end(leader, handover, Effect.TransferEnd.NO_TARGET, obstacle);
        } else if (state.nowNs >= handover.deadlineNs()) {
            end(leader, handover, Effect.TransferEnd.NOT_IN_TIME, target + (handover.isSent()
                    ? " was told, and has not taken over" : " has not caught up"));
        } else {
            goOn(leader.progress.get(target), handover);
        }
    }

    private void goOn(Progress progress, Handover handover) {
        if (!handover.isHolding() && !progress.isProbing() && lacksOneBatch(progress.matchIndex())) {
            handover.hold(state.nowNs + state.settings.electionTimeoutMinNs(), state.effects);
        }
        if (handover.isHolding() && !handover.isSent() && progress.matchIndex() == state.log.lastIndex()) {
            handover.sent();
            state.sendDurably(handover.target(), Lane.CONTROL, new Message.TimeoutNow(state.currentTerm(), state.self));
        }
    }

    /** One entry is a batch whatever it weighs. */
    private boolean lacksOneBatch(long matchIndex) {
        return matchIndex + 1 >= state.log.lastIndex()
                || state.log.weightAfter(matchIndex) <= state.settings.batchBytesMax();
    }

    private void end(Role.Leader leader, Handover handover, Effect.TransferEnd end, String detail) {
        leader.handover = null;
        handover.ended(end, detail, state.effects);
    }

    /** When it must be looked at again at the latest. */
    long deadlineNs(Role.Leader leader) {
        return leader.handover == null ? Long.MAX_VALUE : leader.handover.deadlineNs();
    }
}
