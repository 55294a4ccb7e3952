package io.driftless.sim;

import io.driftless.codec.MessageText;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.testkit.ClusterEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A story of {@code docs/protocol.md}: three servers, what befalls them, and from where to where it is told. Draws the
 * messages, and what the disks and commitIndex do.
 */
enum ProtocolStory {

    FIRST_ELECTION {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.over(plan(0));
            telling.from(event -> event instanceof ClusterEvent.RoleChanged change && change.role().equals(
                    "pre_candidate"));
            telling.until(leads());
            telling.run(10);
        }
    },

    REPLICATION_AND_COMMIT {
        @Override
        void tell(Telling telling) {
            telling.over(plan(1));
            telling.from(event -> isReplication(event) && telling.commit() >= 2);
            telling.until(event -> event instanceof ClusterEvent.Applied && !event.node().equals(name(LEADER)));
        }
    },

    CONFLICTING_SUFFIX {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.onlyWith = LEADER;
            telling.over(plan(1, fault(Fault.Kind.ISOLATE, LEADER, 1_000)));
            telling.fromFault();
            telling.until(event -> event instanceof ClusterEvent.RoleChanged change && change.term() > 1
                    && change.node().equals(name(LEADER)));
            telling.until(event -> event instanceof ClusterEvent.LogSynced synced && synced.node().equals(name(
                    LEADER)));
            telling.run(2);
        }
    },

    FOLLOWER_RESTART {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.onlyWith = FOLLOWER;
            telling.over(plan(1, fault(Fault.Kind.KILL, FOLLOWER, 400)));
            telling.from(event -> event instanceof ClusterEvent.Ended);
            long had = telling.cluster.durableIndex(name(FOLLOWER));
            telling.until(event -> event instanceof ClusterEvent.LogSynced synced && synced.node().equals(name(
                    FOLLOWER)) && synced.lastIndex() > had);
            telling.run(2);
        }
    },

    PARTITIONED_PRE_CANDIDATE {
        @Override
        void tell(Telling telling) {
            telling.onlyWith = FOLLOWER;
            telling.over(plan(0, fault(Fault.Kind.ISOLATE, FOLLOWER, 1_000)));
            telling.from(event -> event instanceof ClusterEvent.RoleChanged change && change.role().equals(
                    "pre_candidate") && change.node().equals(name(FOLLOWER)) && telling.commit() > 0);
            telling.until(event -> event instanceof ClusterEvent.RoleChanged change && change.role().equals("follower")
                    && change.node().equals(name(FOLLOWER)) && !change.leader().isEmpty());
        }
    },

    LEADER_OUT_OF_DATE_RESIGNS {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.over(plan(0, fault(Fault.Kind.ISOLATE, LEADER, 1_500)));
            telling.fromFault();
            telling.until(leads());
            telling.run(5);
        }
    },

    STUCK_DISK {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.over(plan(1, fault(Fault.Kind.STUCK_DISK, LEADER, 2_000)).with(Knob.THINK_MAX_MS, 50));
            telling.fromFault();
            telling.until(leads());
            telling.run(5);
        }
    },

    SLOW_FOLLOWER {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.over(plan(1, fault(Fault.Kind.SLOW_DISK, FOLLOWER, 2_000)).with(Knob.THINK_MAX_MS, 15));
            telling.fromFault();
            telling.from(ProtocolStory::isReplication);
            telling.until(event -> event instanceof ClusterEvent.LogSynced && event.node().equals(name(FOLLOWER)));
            telling.run(2);
        }
    },

    SNAPSHOT_FOR_A_FOLLOWER {
        @Override
        void tell(Telling telling) {
            telling.heartbeats = false;
            telling.onlyWith = FOLLOWER;
            telling.over(plan(1, fault(Fault.Kind.KILL, FOLLOWER, 3_000)).with(Knob.SNAPSHOT_ENTRIES, 10)
                    .with(Knob.RETAIN_ENTRIES, 0).with(Knob.CHUNK_BYTES, 30).with(Knob.WINDOW_CHUNKS, 2));
            telling.from(event -> event instanceof ClusterEvent.Sending sending
                    && sending.message() instanceof Message.AppendEntriesReply reply && !reply.success());
            telling.until(event -> event instanceof ClusterEvent.Sending sending
                    && sending.message() instanceof Message.InstallSnapshotReply reply && reply.matchIndex() > 0);
            telling.until(event -> event instanceof ClusterEvent.LogSynced && event.node().equals(name(FOLLOWER)));
            telling.run(2);
        }
    };

    /** Of the seed with which the first server leads from the first election on. */
    static final int LEADER = 0;
    static final int FOLLOWER = 1;
    private static final long STRIKES_MS = 1_500;
    private static final int SLOWNESS = 30;

    /** Runs the cluster and says what to draw. */
    abstract void tell(Telling telling);

    /** The story as a Mermaid diagram. */
    String diagram() {
        Telling telling = new Telling();
        tell(telling);
        telling.cluster.close();
        return telling.diagram.text();
    }

    private static Plan plan(int clients, Fault... faults) {
        for (long seed = 1;; seed++) {
            try (SimulatedCluster scout = SimulatedCluster.of(Quiet.plan(seed, 3))) {
                ClusterEvent.RoleChanged first = (ClusterEvent.RoleChanged) scout.pauseWhen(event ->
                        event instanceof ClusterEvent.RoleChanged change && change.role().endsWith("candidate"));
                if (first.node().equals(name(LEADER)) && scout.pauseWhen(leads()).node().equals(name(LEADER))) {
                    return Quiet.plan(seed, 3, faults).with(Knob.CLIENTS, clients);
                }
            }
        }
    }

    private static Fault fault(Fault.Kind kind, int node, long ms) {
        return new Fault(STRIKES_MS * 1_000, kind, node, (node + 1) % 3, ms, SLOWNESS);
    }

    static String name(int node) {
        return HappeningText.name(node);
    }

    private static Predicate<ClusterEvent> leads() {
        return event -> event instanceof ClusterEvent.RoleChanged change && change.role().equals("leader");
    }

    private static boolean isReplication(ClusterEvent event) {
        return event instanceof ClusterEvent.Sending sending
                && sending.message() instanceof Message.AppendEntries append && !append.entries().isEmpty();
    }

    /** One story being told. */
    static final class Telling {

        private final SequenceDiagram diagram = new SequenceDiagram(3, this::words);
        private final SortedMap<Integer, CoreStatus> last = new TreeMap<>();
        private SimulatedCluster cluster = SimulatedCluster.of(Quiet.plan(1, 1));
        private boolean heartbeats = true;
        private int onlyWith = -1;

        void over(Plan plan) {
            cluster.close();
            cluster = SimulatedCluster.of(plan, (nowNs, happening) -> {
                diagram.saw(nowNs, happening);
                draw(happening);
            });
        }

        /** The story begins with this event. */
        void from(Predicate<ClusterEvent> event) {
            cluster.pauseWhen(event);
            diagram.keepLast(1);
        }

        void fromFault() {
            cluster.run(Duration.ofMillis(STRIKES_MS).minus(cluster.elapsed()).minusNanos(1));
            diagram.keepLast(0);
        }

        void until(Predicate<ClusterEvent> event) {
            cluster.pauseWhen(event);
        }

        void run(long ms) {
            cluster.run(Duration.ofMillis(ms));
        }

        /** The highest commitIndex that a server has told of. */
        long commit() {
            return last.values().stream().mapToLong(CoreStatus::commit).max().orElse(0);
        }

        private void draw(Happening happening) {
            switch (happening) {
                case Happening.LogSynced synced -> note(synced.node(), "synced up to " + synced.lastIndex());
                case Happening.StateWritten written -> note(written.node(), "synced currentTerm="
                        + written.state().currentTerm() + (written.state().votedFor().isNone() ? "" : " votedFor="
                        + written.state().votedFor()));
                case Happening.LogWritten written when written.overwrite() -> note(written.node(), "overwrites from "
                        + written.entries().getFirst().index());
                case Happening.Looked looked -> {
                    CoreStatus before = last.put(looked.node(), looked.status());
                    if (looked.status().commit() > (before == null ? 0 : before.commit())) {
                        note(looked.node(), "commitIndex " + looked.status().commit());
                    }
                    if (!looked.status().blocked().equals(before == null ? "" : before.blocked())) {
                        note(looked.node(), looked.status().blocked().isEmpty() ? "takes part again"
                                : looked.status().blocked());
                    }
                }
                case Happening.Ended ended -> last.remove(ended.node());
                case Happening other -> { }
            }
        }

        private void note(int node, String text) {
            if (onlyWith < 0 || node == onlyWith) {
                diagram.note(node, text);
            }
        }

        /** The line of text, without what goes without saying. */
        private String words(Happening.Sent sent) {
            boolean heartbeat = sent.lane() == Lane.CONTROL && (sent.message() instanceof Message.AppendEntries
                    || sent.message() instanceof Message.AppendEntriesReply);
            boolean other = onlyWith >= 0 && sent.from() != onlyWith && sent.to() != onlyWith;
            if (other || heartbeat && !heartbeats) {
                return "";
            }
            return String.join(" ", Arrays.stream(MessageText.of(sent.message()).split(" ")).filter(word ->
                    !word.matches("(leader|candidate|acknowledged|payloads|terms)=.*|of|bytes|\\d+"))
                    .map(word -> word.replaceAll("^snapshot=(\\d+)-(\\d+)-.*", "snapshot=($1,$2)")).toList());
        }
    }
}
