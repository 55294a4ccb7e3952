package io.driftless.sim;

import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.sim.history.Operation;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A snapshot is of a committed index, and what it gives back is what replaying the log up to there would give. No
 * machine is rolled back by one: at a start it is restored only where the log has forgotten what the machine lacks, and
 * later only from the snapshot that is stored, which is ahead of the machine (R22, R27).
 */
final class SnapshotsAreTrue implements Checker {

    private final CommitDurability commits;
    private final CommittedLog log;
    private final SessionTwin sessions;
    private final Universe universe;
    /** Who runs. */
    private final boolean[] runs;
    /** What was applied last in this run. */
    private final long[] applied;

    SnapshotsAreTrue(Universe universe, CommitDurability commits, CommittedLog log, SessionTwin sessions) {
        this.universe = universe;
        this.runs = new boolean[universe.plan.servers()];
        this.applied = new long[universe.plan.servers()];
        this.commits = commits;
        this.log = log;
        this.sessions = sessions;
    }

    @Override
    public String property() {
        return "a snapshot is the state of its index (R22, R27)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.SnapshotStep taken
                && (taken.step() == Happening.SnapshotStep.Step.TAKEN
                || taken.step() == Happening.SnapshotStep.Step.RECEIVED)) {
            Checker.require(taken.index() <= commits.count() && commits.termAt(taken.index()) == taken.term(),
                    () -> taken + ": nothing of that term is committed there");
        } else if (happening instanceof Happening.SnapshotRestored restored) {
            DiskView view = universe.node(restored.node()).view();
            Checker.require(view.snapshotIndex() == restored.index(), () -> restored + ", and stored is one of index "
                    + view.snapshotIndex());
            Checker.require(restored.index() > restored.kept(), () -> restored + ": the machine had more");
            Checker.require(runs[restored.node()] ? restored.index() > applied[restored.node()]
                    : restored.kept() == 0 || restored.kept() <= view.boundary(), () -> restored
                    + ": the machine had something, up to " + applied[restored.node()]
                    + " when it ran, and the log goes on behind " + view.boundary());
            applied[restored.node()] = restored.index();
            SortedMap<Integer, Long> replayed = replayed(restored.index());
            Checker.require(restored.registers().equals(replayed), () -> restored + ", and the log gives " + replayed);
        } else if (happening instanceof Happening.Started started) {
            runs[started.node()] = true;
        } else if (happening instanceof Happening.Ended ended) {
            runs[ended.node()] = false;
            applied[ended.node()] = 0;
        } else if (happening instanceof Happening.Applied now) {
            applied[now.node()] = now.index();
        }
    }

    private SortedMap<Integer, Long> replayed(long upTo) {
        Checker.require(upTo <= log.count(), () -> "the snapshot of index " + upTo + " is of more than is committed");
        sessions.goOnTo(upTo);
        SortedMap<Integer, Long> registers = new TreeMap<>();
        for (long index = 1; index <= upTo; index++) {
            LogEntry entry = log.entry(index);
            if (entry.type() == EntryType.COMMAND && sessions.isExecutedAt(index)) {
                Operation operation = Operation.decode(entry.payload().asByteBuffer());
                registers.put(operation.key(), operation.after(registers.getOrDefault(operation.key(), 0L)));
            }
        }
        return registers;
    }
}
