package io.driftless.sim;

import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;
import io.driftless.raft.SnapshotId;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** What has happened to snapshots. Promises nothing. */
final class SnapshotCoverage extends Marks {

    /** A server, as far as snapshots are concerned. */
    private static final class Server {
        /** Whether a snapshot is begun and not finished. */
        private boolean begun;
        private boolean runs;
        /** Whether it has asked for a snapshot since its start. */
        private boolean asked;
        private long commit;
        private Optional<CoreStatus.Incoming> incoming = Optional.empty();
        /** Of which snapshot a part came last, and from whom. */
        private SnapshotId partOf = NOTHING;
        private int partFrom = -1;
        /** What is on its way from it, by peer. */
        private final SortedMap<String, Long> outgoing = new TreeMap<>();
    }

    private static final SnapshotId NOTHING = new SnapshotId(1, 1, new UUID(0, 0), 0);

    private final Universe universe;
    private final Server[] servers;

    SnapshotCoverage(Universe universe) {
        this.universe = universe;
        this.servers = new Server[universe.plan.servers()];
        for (int node = 0; node < servers.length; node++) {
            servers[node] = new Server();
        }
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.SnapshotStep step) {
            step(servers[step.node()], step);
        } else if (happening instanceof Happening.SnapshotRestored restored) {
            mark(Coverage.Mark.SNAPSHOT_RESTORED, true);
            mark(Coverage.Mark.RESTORED_WHILE_RUNNING, servers[restored.node()].runs);
        } else if (happening instanceof Happening.LogCompacted) {
            mark(Coverage.Mark.LOG_COMPACTED, true);
        } else if (happening instanceof Happening.LogReset reset) {
            mark(servers[reset.node()].runs ? Coverage.Mark.LOG_RESET : Coverage.Mark.LOG_RESET_AT_A_START, true);
        } else if (happening instanceof Happening.Started started) {
            servers[started.node()].runs = true;
        } else if (happening instanceof Happening.Ended ended) {
            mark(Coverage.Mark.SNAPSHOT_CUT_SHORT, servers[ended.node()].begun);
            servers[ended.node()] = new Server();
        } else if (happening instanceof Happening.Sent sent
                && sent.message() instanceof Message.InstallSnapshot install) {
            mark(Coverage.Mark.SNAPSHOT_OFFERED, install.isOffer());
        } else if (happening instanceof Happening.Received received) {
            received(received);
        } else if (happening instanceof Happening.Looked looked) {
            looked(servers[looked.node()], looked.status());
        }
    }

    private void step(Server server, Happening.SnapshotStep step) {
        server.begun = step.step() == Happening.SnapshotStep.Step.BEGUN;
        switch (step.step()) {
            case BEGUN -> { }
            case TAKEN -> mark(Coverage.Mark.SNAPSHOT_TAKEN, true);
            case RECEIVED -> {
                mark(Coverage.Mark.SNAPSHOT_RECEIVED, true);
                mark(Coverage.Mark.SNAPSHOT_ASKED_FOR_RECEIVED, server.asked);
                mark(Coverage.Mark.SUFFIX_KEPT, (server.asked || server.commit < step.index())
                        && universe.node(step.node()).view().lastIndex() > step.index()
                        && universe.node(step.node()).view().termAt(step.index()) == step.term());
                server.incoming = Optional.empty();
            }
            case SET_ASIDE -> {
                mark(Coverage.Mark.SNAPSHOT_SET_ASIDE, true);
                mark(Coverage.Mark.SOURCE_LOST, server.runs);
            }
        }
    }

    private void received(Happening.Received received) {
        Server to = servers[received.to()];
        switch (received.message()) {
            case Message.InstallSnapshot install when install.length() > 0 -> {
                boolean isSame = install.snapshot().equals(to.partOf) && install.offset() > 0;
                mark(Coverage.Mark.TRANSFER_RESUMED_BY_ANOTHER_LEADER, isSame && to.partFrom != received.from()
                        && to.incoming.isPresent());
                to.partOf = install.snapshot();
                to.partFrom = received.from();
            }
            case Message.InstallSnapshotReply reply -> mark(Coverage.Mark.TRANSFER_RESUMED, reply.isResumed()
                    && reply.offset() > 0);
            case Message.AppendEntriesReply reply -> {
                mark(Coverage.Mark.SNAPSHOT_ASKED_FOR, reply.snapshotNeeded() > 0);
                servers[received.from()].asked |= reply.snapshotNeeded() > 0;
            }
            case Message.InstallSnapshot offer -> { }
            case Message.PreVote other -> { }
            case Message.PreVoteReply other -> { }
            case Message.RequestVote other -> { }
            case Message.RequestVoteReply other -> { }
            case Message.TimeoutNow other -> { }
            case Message.ReadIndex other -> { }
            case Message.ReadIndexReply other -> { }
            case Message.AppendEntries other -> { }
        }
    }

    private void looked(Server server, CoreStatus status) {
        server.incoming.filter(before -> !status.incoming().map(CoreStatus.Incoming::snapshot).equals(
                Optional.of(before.snapshot()))).ifPresent(gone -> {
                    boolean isThere = status.commit() >= gone.snapshot().index();
                    mark(Coverage.Mark.SNAPSHOT_DROPPED, isThere);
                    mark(Coverage.Mark.SNAPSHOT_NOT_RECEIVED, !isThere && status.incoming().isEmpty());
                });
        server.incoming = status.incoming();
        server.commit = status.commit();
        SortedMap<String, Long> outgoing = new TreeMap<>();
        status.peers().stream().filter(peer -> peer.snapshot() > 0).forEach(peer -> outgoing.put(peer.id().value(),
                peer.snapshot()));
        status.peers().stream().filter(peer -> peer.probing() && peer.match() > 0 && peer.match() < peer.snapshot())
                .forEach(peer -> mark(Coverage.Mark.SNAPSHOT_INSTEAD_OF_THE_LOG, peer.match() >= status.first() - 1));
        outgoing.forEach((peer, index) -> mark(Coverage.Mark.TRANSFER_BEGUN_ANEW,
                server.outgoing.getOrDefault(peer, index) < index));
        server.outgoing.clear();
        server.outgoing.putAll(outgoing);
    }
}
