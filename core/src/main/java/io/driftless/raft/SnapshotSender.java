package io.driftless.raft;

/**
 * What a leader does for a peer whose log its own cannot bring up to date any more, or whose state machine has lost
 * what it had: it sends its snapshot (Raft §7 and figure 13; R30, R31, R32). Confined to the core's owner.
 */
final class SnapshotSender {

    /**
     * After so many of the longest election timeouts without a word of it, a transfer is offered again, and one that
     * need not be is given up if it has not got on.
     */
    private static final int SILENCES = 2;
    /** A snapshot is sent instead of the log if it has less than this part of the bytes. */
    private static final int SHORTER = 2;

    private final ServerState state;

    SnapshotSender(ServerState state) {
        this.state = state;
    }

    /** The peer lacks what this log has dropped (R31): until it has a snapshot it gets neither entries nor probes. */
    void fellBehind(Role.Leader leader, ServerId peer, Progress progress) {
        progress.fallBehind(state.nowNs);
        if (progress.transfer() == null) {
            begin(leader, peer, progress, state.log.boundaryIndex());
        }
    }

    /** The peer's state machine needs a snapshot, whatever its log holds (R32). */
    void asked(Role.Leader leader, ServerId peer, Progress progress, long atLeast) {
        if (progress.transfer() == null) {
            begin(leader, peer, progress, Math.max(atLeast, state.log.boundaryIndex()));
        }
    }

    /**
     * The logs agree where the peer was probed. This log has what follows there, but if the snapshot is much shorter
     * than what it spares, that is sent instead.
     */
    void considerShortcut(Role.Leader leader, ServerId peer, Progress progress) {
        Recovered.OwnSnapshot own = state.snapshot;
        if (own == null || !progress.mayTakeShortcut() || progress.nextIndex() > own.id().index()
                || own.size() > state.settings.snapshots().bytesPerSecond()) {
            return;
        }
        long spared = state.log.weight(progress.nextIndex(), own.id().index());
        if (spared > state.settings.windowBytesMax() && own.size() < spared / SHORTER) {
            progress.takeShortcut(state.nowNs);
            if (progress.transfer() == null) {
                begin(leader, peer, progress, own.id().index());
            }
        }
    }

    private void begin(Role.Leader leader, ServerId peer, Progress progress, long atLeast) {
        Recovered.OwnSnapshot own = state.snapshot;
        if (own == null || own.id().index() < atLeast) {
            // The next look comes with the next heartbeat.
            state.effects.add(new Effect.TakeSnapshot());
            return;
        }
        SnapshotTransfer transfer = new SnapshotTransfer(own, state.nowNs);
        progress.transfer(transfer);
        progress.kept().sends(own.id(), state.nowNs);
        offer(peer, transfer);
        hold(leader);
    }

    private void offer(ServerId peer, SnapshotTransfer transfer) {
        transfer.offered(state.nowNs);
        send(peer, transfer, transfer.offset(), 0);
    }

    private void send(ServerId peer, SnapshotTransfer transfer, long offset, int length) {
        state.send(peer, Lane.BULK, new Message.InstallSnapshot(state.currentTerm(), state.self, transfer.id(),
                transfer.size(), offset, length, Content.NONE));
    }

    /** Sends what the receiver takes, no faster than this leader may. */
    private void pump(Role.Leader leader, ServerId peer, SnapshotTransfer transfer) {
        SnapshotSettings settings = state.settings.snapshots();
        int length = transfer.nextLength(settings.chunkBytes());
        while (length > 0 && state.nowNs >= leader.bulkFreeNs) {
            send(peer, transfer, transfer.offset(), length);
            transfer.sent(length);
            leader.bulkFreeNs = Math.max(leader.bulkFreeNs, state.nowNs)
                    + length * 1_000_000_000L / settings.bytesPerSecond();
            length = transfer.nextLength(settings.chunkBytes());
        }
    }

    /**
     * A reply of this term. Returns whether the peer needs no snapshot any more: the logs match up to the index that it
     * names, or the log will do.
     */
    boolean replied(Role.Leader leader, ServerId from, Progress progress, Message.InstallSnapshotReply reply) {
        SnapshotTransfer transfer = progress.transfer();
        if (reply.matchIndex() > 0) {
            progress.shortcutTried();
            if (progress.kept().isSent(reply.snapshot())) {
                end(leader, progress);
            }
            return true;
        }
        if (transfer != null && transfer.id().equals(reply.snapshot())) {
            if (progress.isOnShortcut() && reply.isResumed() && reply.window() == 0) {
                // It takes none now.
                end(leader, progress);
                return true;
            }
            transfer.answered(reply, state.nowNs);
            progress.kept().reached(transfer.reach(), state.nowNs);
            pump(leader, from, transfer);
        }
        return false;
    }

    /** Time passes: what waits for its turn goes on, and what nothing was heard of is offered again. */
    void tick(Role.Leader leader) {
        leader.progress.forEach((peer, progress) -> {
            SnapshotTransfer transfer = progress.transfer();
            if (transfer == null || !state.reaches(peer)) {
                return;
            }
            long patienceNs = SILENCES * state.settings.electionTimeoutMaxNs();
            if (progress.isOnShortcut() && state.nowNs - progress.kept().gotOnNs() >= patienceNs) {
                // The log will do, and nobody knows whether this will ever end.
                end(leader, progress);
            } else if (state.nowNs - transfer.heardNs() >= patienceNs) {
                offer(peer, transfer);
            } else {
                pump(leader, peer, transfer);
            }
        });
    }

    /** With the heartbeats: who has fallen behind is looked at again, and whether the snapshot is still held. */
    void beat(Role.Leader leader) {
        leader.progress.forEach((peer, progress) -> {
            if (progress.isBehind() && !progress.isOnShortcut() && progress.transfer() == null
                    && state.reaches(peer)) {
                begin(leader, peer, progress, state.log.boundaryIndex());
            }
        });
        hold(leader);
    }

    /** When time alone lets the next part go; {@link Long#MAX_VALUE} if none waits for that. */
    long deadlineNs(Role.Leader leader) {
        if (leader.bulkFreeNs <= state.nowNs) {
            return Long.MAX_VALUE;
        }
        for (Progress progress : leader.progress.values()) {
            SnapshotTransfer transfer = progress.transfer();
            if (transfer != null && transfer.nextLength(state.settings.snapshots().chunkBytes()) > 0) {
                return leader.bulkFreeNs;
            }
        }
        return Long.MAX_VALUE;
    }

    /**
     * The connection is gone: the next one begins with a probe, and what comes of it with an offer (R30). What is sent
     * stays for that, but for a shortcut.
     */
    void disconnected(Role.Leader leader, Progress progress) {
        if (progress.isOnShortcut()) {
            end(leader, progress);
        } else {
            progress.transfer(null);
        }
    }

    /** The peer asks for no snapshot, and its log matches up to {@code index}. */
    void asksForNone(Role.Leader leader, Progress progress, long index) {
        if (progress.transfer() == null && progress.kept().isSentUpTo(index)) {
            // It has what it was sent before the connection broke.
            end(leader, progress);
        }
    }

    /** This server has another snapshot now, or none: what was being sent is not there any more. */
    void replaced(Role.Leader leader) {
        Recovered.OwnSnapshot own = state.snapshot;
        for (Progress progress : leader.progress.values()) {
            if (own == null || !progress.kept().isSent(own.id())) {
                forget(progress);
            }
        }
        if (own == null) {
            hold(leader);
        } else {
            beat(leader);
        }
    }

    private void end(Role.Leader leader, Progress progress) {
        forget(progress);
        hold(leader);
    }

    private static void forget(Progress progress) {
        progress.transfer(null);
        progress.kept().snapshotEnded();
    }

    /**
     * While a peer gets on with it, this server's snapshot is not replaced, unless the log behind it has become longer
     * than what may be kept (R31).
     */
    private void hold(Role.Leader leader) {
        Recovered.OwnSnapshot own = state.snapshot;
        boolean isSent = leader.progress.values().stream().anyMatch(progress -> progress.kept().holdsSnapshot(
                state.nowNs));
        state.hold(isSent && own != null
                && state.log.weightAfter(own.id().index()) <= state.settings.snapshots().retainBytesMax());
    }
}
