package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The contract of state machines notices those whose snapshots are wrong, each in one way. */
class SnapshotContractTest {

    @TempDir
    private Path directory;

    @Test
    void passesAMachineThatHoldsIt() throws Exception {
        Suite suite = new Suite(kept -> new Tally());
        runAll(suite);
    }

    @Test
    void passesAMachineThatKeepsItsState() throws Exception {
        Map<Path, Disk> disks = new HashMap<>();
        runAll(new Suite(kept -> new StoredTally(disks.computeIfAbsent(kept, each -> new Disk()))));
    }

    private void runAll(Suite suite) throws Exception {
        suite.restoresASnapshotThatWasWrittenWhileCommandsWereApplied(directory);
        suite.restoringReplacesWhatWasThere(directory);
        suite.restoresTheSnapshotOfAMachineThatHasAppliedNothing(directory);
        suite.opensAtASnapshotsIndexOnlyOnceItsBatchWasApplied(directory);
        suite.refusesSnapshotsUnlessItTakesThem(directory);
        suite.goesOnAfterAReopenFromWhereItSays(directory);
    }

    @Test
    void noticesAViewThatChangesBeforeItIsWritten() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public MachineSnapshot snapshot() {
                return out -> write(out, new TreeMap<>(counts), commands);
            }
        });
        assertNoticed("the state at index", () -> suite
                .restoresASnapshotThatWasWrittenWhileCommandsWereApplied(directory));
        assertNoticed("the state of an empty machine's snapshot", () -> suite
                .restoresTheSnapshotOfAMachineThatHasAppliedNothing(directory));
    }

    @Test
    void noticesAViewThatChangesWhileItIsWritten() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public MachineSnapshot snapshot() {
                return new MachineSnapshot() {
                    private final SortedMap<Integer, Long> before = new TreeMap<>(counts);
                    private final long commandsBefore = commands;

                    @Override
                    public void writeTo(OutputStream out) throws IOException {
                        // The first half is as it was, and the other half as it is when its turn comes.
                        DataOutputStream stream = new DataOutputStream(out);
                        stream.writeInt(before.size());
                        for (int key : before.keySet()) {
                            stream.writeInt(key);
                            stream.writeLong(key < 4 ? before.get(key) : counts.get(key));
                        }
                        stream.writeLong(commandsBefore);
                    }
                };
            }
        });
        assertNoticed("the state at index", () -> suite
                .restoresASnapshotThatWasWrittenWhileCommandsWereApplied(directory));
    }

    @Test
    void noticesARestoreThatAddsToWhatWasThere() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public void restore(InputStream content, long index) throws IOException {
                Tally restored = new Tally();
                restored.restore(content, index);
                counts.putAll(restored.counts);
                commands = restored.commands;
            }
        });
        assertNoticed("the state of a snapshot that replaces", () -> suite.restoringReplacesWhatWasThere(directory));
        assertNoticed("the state of an empty machine's snapshot", () -> suite
                .restoresTheSnapshotOfAMachineThatHasAppliedNothing(directory));
    }

    @Test
    void noticesARestoreThatLeavesAPart() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public MachineSnapshot snapshot() {
                MachineSnapshot whole = super.snapshot();
                return out -> {
                    whole.writeTo(out);
                    out.write(7);
                };
            }
        });
        assertNoticed("restore() has not read", () -> suite
                .restoresASnapshotThatWasWrittenWhileCommandsWereApplied(directory));
    }

    @Test
    void noticesAForgottenField() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public void restore(InputStream content, long index) throws IOException {
                long mine = commands;
                super.restore(content, index);
                commands = mine;
            }
        });
        // It is in no answer and in no state that the test compares, but in the result of the next command.
        assertNoticed("results after the snapshot of index", () -> suite
                .restoresASnapshotThatWasWrittenWhileCommandsWereApplied(directory));
        assertNoticed("results after a snapshot that replaces", () -> suite.restoringReplacesWhatWasThere(directory));
    }

    @Test
    void noticesASnapshotThatChangesTheState() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public MachineSnapshot snapshot() {
                MachineSnapshot view = super.snapshot();
                commands++;
                return view;
            }
        });
        assertNoticed("results while snapshots were written", () -> suite
                .restoresASnapshotThatWasWrittenWhileCommandsWereApplied(directory));
    }

    @Test
    void noticesAMachineThatStoresWhatItRestoresBeforeItsBatch() {
        Map<Path, Disk> disks = new HashMap<>();
        Suite suite = new Suite(kept -> new StoredTally(disks.computeIfAbsent(kept, each -> new Disk())) {
            @Override
            public void restore(InputStream content, long index) throws IOException {
                super.restore(content, index);
                batchApplied(index, SessionRows.NONE);
            }
        });
        assertNoticed("that no batchApplied() followed", () -> suite
                .opensAtASnapshotsIndexOnlyOnceItsBatchWasApplied(directory));
    }

    @Test
    void noticesAMachineThatNeverStoresWhatItRestored() {
        Map<Path, Disk> disks = new HashMap<>();
        Suite suite = new Suite(kept -> new StoredTally(disks.computeIfAbsent(kept, each -> new Disk())) {
            private long restoredIndex;

            @Override
            public void restore(InputStream content, long index) throws IOException {
                super.restore(content, index);
                restoredIndex = index;
            }

            @Override
            public void batchApplied(long index, SessionRows changed) {
                if (index > restoredIndex) {
                    super.batchApplied(index, changed);
                }
            }
        });
        assertNoticed("open() after restore(150) and batchApplied(150)", () -> suite
                .opensAtASnapshotsIndexOnlyOnceItsBatchWasApplied(directory));
    }

    @Test
    void noticesAMachineThatKeepsRowsOfBeforeTheRestore() {
        Map<Path, Disk> disks = new HashMap<>();
        Suite suite = new Suite(kept -> new StoredTally(disks.computeIfAbsent(kept, each -> new Disk())) {
            @Override
            void forgetRows() { }
        });
        assertNoticed("sessions() after open() said 150", () -> suite
                .opensAtASnapshotsIndexOnlyOnceItsBatchWasApplied(directory));
    }

    @Test
    void noticesAMachineThatSaysNoAndDoes() {
        Suite suite = new Suite(kept -> new Tally() {
            @Override
            public boolean takesSnapshots() {
                return false;
            }
        });
        assertNoticed("snapshot()", () -> suite.refusesSnapshotsUnlessItTakesThem(directory));
    }

    private static void assertNoticed(String what, Executable test) {
        String message = String.valueOf(assertThrows(AssertionError.class, test).getMessage());
        assertTrue(message.contains(what), message);
    }

    /** Counts each first byte; a result also tells how many commands there were. */
    private static class Tally implements StateMachine {

        SortedMap<Integer, Long> counts = new TreeMap<>();
        long commands;

        @Override
        public long open(MachineContext context) throws IOException {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            int key = command.payload().hasRemaining() ? command.payload().get() : 0;
            commands++;
            return Result.ok(commands + ": " + counts.merge(key, 1L, Long::sum));
        }

        @Override
        public boolean takesSnapshots() {
            return true;
        }

        @Override
        public MachineSnapshot snapshot() {
            SortedMap<Integer, Long> countsNow = new TreeMap<>(counts);
            long commandsNow = commands;
            return out -> write(out, countsNow, commandsNow);
        }

        @Override
        public void restore(InputStream content, long index) throws IOException {
            DataInputStream in = new DataInputStream(content);
            counts = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                counts.put(in.readInt(), in.readLong());
            }
            commands = in.readLong();
        }

        @Override
        public Result query(ByteBuffer query, long appliedIndex) {
            return Result.ok(counts.toString());
        }

        @Override
        public void close() { }

        static void write(OutputStream out, SortedMap<Integer, Long> counts, long commands) throws IOException {
            DataOutputStream stream = new DataOutputStream(out);
            stream.writeInt(counts.size());
            for (Map.Entry<Integer, Long> count : counts.entrySet()) {
                stream.writeInt(count.getKey());
                stream.writeLong(count.getValue());
            }
            stream.writeLong(commands);
        }
    }

    /** What one transaction left. */
    private static final class Disk {
        private SortedMap<Integer, Long> counts = new TreeMap<>();
        private long commands;
        private long index;
        private final Map<List<Long>, SessionRows.Row> rows = new HashMap<>();
    }

    /** Stores all of it with each batch. */
    private static class StoredTally extends Tally {

        private final Disk disk;
        private boolean restored;

        StoredTally(Disk disk) {
            this.disk = disk;
        }

        @Override
        public long open(MachineContext context) {
            counts = new TreeMap<>(disk.counts);
            commands = disk.commands;
            return disk.index;
        }

        @Override
        public SessionRows sessions() {
            return new SessionRows(new ArrayList<>(disk.rows.values()));
        }

        @Override
        public void restore(InputStream content, long index) throws IOException {
            super.restore(content, index);
            restored = true;
        }

        @Override
        public void batchApplied(long index, SessionRows changed) {
            if (restored) {
                forgetRows();
                restored = false;
            }
            for (SessionRows.Row row : changed.rows()) {
                if (row.isRemoved()) {
                    disk.rows.remove(List.of(row.session(), row.part()));
                } else {
                    disk.rows.put(List.of(row.session(), row.part()), row);
                }
            }
            disk.counts = new TreeMap<>(counts);
            disk.commands = commands;
            disk.index = index;
        }

        void forgetRows() {
            disk.rows.clear();
        }
    }

    private interface Machines {
        Tally on(Path kept);
    }

    private static final class Suite extends StateMachineContract<Tally> {

        private final Machines machines;

        Suite(Machines machines) {
            this.machines = machines;
        }

        @Override
        protected Tally machine(Path kept) {
            return machines.on(kept);
        }

        @Override
        protected byte[] command(Random random) {
            return new byte[] {(byte) random.nextInt(8)};
        }

        @Override
        protected Object state(Tally machine) {
            return new TreeMap<>(machine.counts);
        }

        @Override
        protected List<byte[]> queries() {
            return List.of(new byte[1]);
        }
    }
}
