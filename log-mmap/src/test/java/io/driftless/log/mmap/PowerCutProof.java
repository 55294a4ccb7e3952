package io.driftless.log.mmap;

import io.driftless.log.LogEntry;
import io.driftless.log.mmap.RecordingDisk.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;

/**
 * Cuts the power of a log at moments of its life, in rounds. A round uses a log at random and records all that happens
 * on the disk. Then it makes states that the disk may hold after a power cut, opens the log on each, compares it with
 * the {@link Journal}, uses it and cuts again; or it kills the process instead, opens the log on what the page cache
 * holds, uses it, and cuts the power then; or it lets the page cache lose, besides the kill, what could not be written
 * back. An opening must say then whether something written may be missing. A round follows from its seed alone.
 * Confined to one thread.
 */
final class PowerCutProof {

    /**
     * How many states were opened.
     *
     * @param states     all
     * @param structural of those, cut inside an opening, a segment change, a compaction or a reset
     * @param chains     of those, cut after kill, opening and acknowledgement
     */
    record Count(int states, int structural, int chains) {

        static final Count NONE = new Count(0, 0, 0);

        Count plus(Count more) {
            return new Count(states + more.states, structural + more.structural, chains + more.chains);
        }
    }

    private static final int CUTS = 16;
    private static final int KILLS = 4;
    private static final int CUTS_PER_KILL = 3;
    private static final int EVICTIONS = 6;
    private static final Path MARK = DiskHistory.TOP.resolve("log").resolve(DurableMark.FILE);

    private final Path work;
    private Count count = Count.NONE;
    private int directories;
    /** A sync failed between these times, for good; at the end of time if none did. */
    private int failedFrom;
    private int failedAt;

    private PowerCutProof(Path work) {
        this.work = work;
    }

    /** The round of a seed; throws an error that names the seed if a state is not recovered as it should. */
    static Count round(long seed) {
        Path work = null;
        try {
            work = WorkDirectory.make();
            PowerCutProof proof = new PowerCutProof(work);
            proof.run(new Random(seed));
            return proof.count;
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("the round of seed " + seed + " failed; to run it again: mvn test -pl log-mmap -am"
                    + " -Dtest=PowerCutTest -Dsurefire.failIfNoSpecifiedTests=false -Ddriftless.proof.seed=" + seed, e);
        } finally {
            if (work != null) {
                delete(work);
            }
        }
    }

    private static void delete(Path directory) {
        try {
            Disk.REAL.deleteDirectory(directory);
        } catch (IOException e) {
            throw new AssertionError(directory + " could not be removed", e);
        }
    }

    private Path directory() throws IOException {
        return Files.createDirectory(work.resolve(Integer.toString(directories++)));
    }

    private static Path log(Path root) {
        return root.resolve("log");
    }

    private void run(Random random) throws IOException {
        Path root = directory();
        Journal journal = new Journal();
        try (RecordingDisk disk = RecordingDisk.from(root)) {
            RandomUse use = new RandomUse(log(root), disk, journal, random);
            boolean failing = random.nextInt(3) == 0;
            use(use, 25 + random.nextInt(40), failing);
            failedFrom = failing ? use.failedFrom() : Integer.MAX_VALUE;
            failedAt = failing ? use.failedAt() : Integer.MAX_VALUE;
            delete(root);
            for (int i = 0; i < CUTS; i++) {
                cut(disk.history(), disk.moment(random), journal, random);
            }
            for (int i = 0; i < KILLS; i++) {
                int last = disk.history().now();
                kill(disk.history(), i == 0 && failing ? last : disk.moment(random).at(), journal, random);
            }
            for (int i = 0; i < EVICTIONS; i++) {
                int last = disk.history().now();
                evict(disk.history(), i == 0 && failing ? last : disk.moment(random).at(), journal, random);
            }
        }
    }

    private static void use(RandomUse use, int operations, boolean failing) {
        try {
            use.run(operations);
            if (failing) {
                use.failSync();
            } else {
                use.sync();
            }
        } finally {
            use.close();
        }
    }

    private void cut(DiskHistory history, Moment moment, Journal journal, Random random) throws IOException {
        counted(moment, false);
        Path root = directory();
        history.cut(moment.at(), random).write(root);
        Journal next = new Journal(journal, moment.at());
        try (RecordingDisk disk = RecordingDisk.from(root)) {
            use(new RandomUse(log(root), disk, next, random), 3, false);
            delete(root);
            again(disk, next, random, false);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("cut at " + moment, e);
        }
    }

    private void kill(DiskHistory history, int at, Journal journal, Random random) throws IOException {
        Path root = directory();
        DiskHistory until = history.until(at);
        until.present().write(root);
        Journal next = new Journal(journal, at);
        try (RecordingDisk disk = RecordingDisk.after(root, until)) {
            RandomUse use = new RandomUse(log(root), disk, next, random);
            if (use.foundMissing() ? at < failedFrom : at >= failedAt) {
                throw new AssertionError("the kill took nothing, and a sync had " + (at < failedFrom ? "not " : "")
                        + "failed, but the opening says missing: " + use.foundMissing());
            }
            use(use, 3, false);
            delete(root);
            for (int i = 0; i < CUTS_PER_KILL; i++) {
                again(disk, next, random, true);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("killed at " + at, e);
        }
    }

    /** Kills, and the page cache loses pages: what is gone of what was written must be told, if the mark is there. */
    private void evict(DiskHistory history, int at, Journal journal, Random random) throws IOException {
        boolean spared = random.nextInt(4) > 0;
        Path whole = directory();
        history.until(at).present().write(whole);
        Path root = directory();
        history.evicted(at, random, spared ? MARK : DiskHistory.TOP).write(root);
        Journal.Found before;
        try (MmapLog log = RandomUse.open(log(whole), new DirectDisk())) {
            before = Journal.Found.in(log);
        }
        try (MmapLog log = RandomUse.open(log(root), new DirectDisk())) {
            Journal.Found found = Journal.Found.in(log);
            journal.check(found, at);
            boolean isLost = !found.equals(before);
            if (spared && (log.opening().missing() ? !isLost && at < failedFrom : isLost || at >= failedAt)) {
                throw new AssertionError("entries " + before.first() + ".." + before.last() + " were written, "
                        + found.first() + ".." + found.last() + " found, but missing: " + log.opening().missing());
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("evicted at " + at + (spared ? "" : ", with the mark"), e);
        }
        delete(whole);
        delete(root);
    }

    /** Cuts the power, or cuts it again; the log must open, take entries and show them. */
    private void again(RecordingDisk recorded, Journal journal, Random random, boolean chain) throws IOException {
        Moment moment = recorded.moment(random);
        counted(moment, chain);
        Path root = directory();
        recorded.history().cut(moment.at(), random).write(root);
        try (MmapLog log = RandomUse.open(log(root), new DirectDisk())) {
            Journal.Found found = Journal.Found.in(log);
            journal.check(found, moment.at());
            List<LogEntry> expected = new ArrayList<>(found.entries());
            long term = Math.max(1, log.termAt(log.lastIndex()));
            List<LogEntry> more = TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 3, term, 100);
            expected.addAll(more);
            log.append(more);
            log.sync();
            if (!Journal.Found.in(log).entries().equals(expected)) {
                throw new AssertionError("what was appended is not what is read");
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("cut again at " + moment, e);
        }
        delete(root);
    }

    private void counted(Moment moment, boolean chain) {
        count = count.plus(new Count(1, moment.phase().structural() ? 1 : 0, chain ? 1 : 0));
    }

    /** The disk, but nothing happens in the background. */
    private static final class DirectDisk extends Disk {

        @Override
        ExecutorService background(String name) {
            return new DirectExecutor();
        }
    }

    /** See {@link ProofRounds#check}. */
    public static void main(String[] arguments) {
        ProofRounds.check(arguments, PowerCutProof::round);
    }
}
