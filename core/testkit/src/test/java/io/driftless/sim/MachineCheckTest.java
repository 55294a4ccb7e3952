package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Machines that are not deterministic are found, and the others are not. */
class MachineCheckTest {

    private static final int SEEDS = 10;

    /** Adds up, and keeps nothing. */
    private static class Sum implements StateMachine {

        long sum;

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            sum += command.payload().get();
            return Result.ok(Long.toString(sum).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() { }
    }

    /** What is kept on a disk, in memory: tests on real files take a minute. */
    private static final class Kept {
        long sum;
        long index;
        int reopened;
        final Map<List<Long>, SessionRows.Row> rows = new HashMap<>();
    }

    /** Keeps its sum, and with each or only with each batch the index that it belongs to. */
    private static final class StoredSum extends Sum {

        private final Kept kept;
        private final boolean together;

        StoredSum(Kept kept, boolean together) {
            this.kept = kept;
            this.together = together;
        }

        @Override
        public long open(MachineContext context) {
            sum = kept.sum;
            kept.reopened += kept.index > 0 ? 1 : 0;
            return kept.index;
        }

        @Override
        public Result apply(Command command) {
            Result result = super.apply(command);
            kept.sum = sum;
            kept.index = together ? command.index() : kept.index;
            return result;
        }

        @Override
        public void batchApplied(long index) {
            kept.index = index;
        }
    }

    /** Keeps its sum, the index and the rows of the session table, all together with each batch. */
    private static final class StoredSumWithSessions extends Sum {

        private final Kept kept;
        private final Map<List<Long>, SessionRows.Row> rows;

        StoredSumWithSessions(Kept kept) {
            this.kept = kept;
            this.rows = kept.rows;
        }

        @Override
        public long open(MachineContext context) {
            sum = kept.sum;
            kept.reopened += kept.index > 0 ? 1 : 0;
            return kept.index;
        }

        @Override
        public void batchApplied(long index, SessionRows changed) {
            kept.index = index;
            kept.sum = sum;
            for (SessionRows.Row row : changed.rows()) {
                List<Long> key = List.of(row.session(), row.part());
                if (row.isRemoved()) {
                    rows.remove(key);
                } else {
                    rows.put(key, row);
                }
            }
        }

        @Override
        public SessionRows sessions() {
            return new SessionRows(List.copyOf(rows.values()));
        }
    }

    private static void checkStored(boolean together, int seeds) {
        Map<Path, Kept> disks = new TreeMap<>();
        check(false, directory -> new StoredSum(disks.computeIfAbsent(directory, empty -> new Kept()), together),
                machine -> machine.sum, seeds);
        assertTrue(disks.values().stream().mapToInt(kept -> kept.reopened).sum() > 0, "no restart on what was kept");
    }

    private static <M extends Sum> void check(Function<Path, M> machine, Function<M, Object> state, int seeds) {
        check(true, machine, state, seeds);
    }

    private static <M extends Sum> void check(boolean hasSessions, Function<Path, M> machine,
            Function<M, Object> state, int seeds) {
        Simulation.check(new MachineUnderTest<M>() {
            @Override
            public boolean hasSessions() {
                return hasSessions;
            }

            @Override
            public M machine(Path directory) {
                return machine.apply(directory);
            }

            @Override
            public byte[] command(Random random) {
                return new byte[] {(byte) random.nextInt(1, 100)};
            }

            @Override
            public Object state(M machine) {
                return state.apply(machine);
            }
        }, seeds);
    }

    private static String wrong(Function<Path, Sum> machine, Function<Sum, Object> state) {
        String said = assertThrows(AssertionError.class, () -> check(machine, state, SEEDS)).getMessage();
        assertTrue(said.matches("(?s)after command \\d+, 0x[0-9a-f]{2}, n\\d.* (answers|is in state) '.*' and n\\d.*"
                + " \\(seed \\d+\\)"), said);
        return said;
    }

    @Test
    void aDeterministicMachinePasses() {
        check(directory -> new Sum(), machine -> machine.sum, 4);
    }

    @Test
    void aMachineThatKeepsItsStateWithTheIndexPasses() {
        checkStored(true, 8);
    }

    @Test
    void aMachineThatKeepsItsStateWithTheSessionsPasses() {
        Map<Path, Kept> disks = new TreeMap<>();
        check(directory -> new StoredSumWithSessions(disks.computeIfAbsent(directory, empty -> new Kept())),
                machine -> machine.sum, 2 * SEEDS);
        assertTrue(disks.values().stream().anyMatch(kept -> kept.reopened > 0 && kept.rows.size() > 1),
                "no restart on sessions that were kept");
    }

    @Test
    void aMachineThatKeepsItsStateWithoutTheSessionsIsFound() {
        Map<Path, Kept> disks = new TreeMap<>();
        String said = assertThrows(AssertionError.class, () -> check(directory -> new StoredSum(
                disks.computeIfAbsent(directory, empty -> new Kept()), true), machine -> machine.sum, SEEDS))
                .getMessage();
        assertTrue(said.contains(StoredSum.class.getName() + " opens at index")
                && said.contains("it has to override batchApplied(long, SessionRows) and sessions()"), said);
    }

    @Test
    void aMachineThatKeepsItsStateWithoutTheIndexIsFound() {
        String said = assertThrows(AssertionError.class, () -> checkStored(false, 6 * SEEDS)).getMessage();
        assertTrue(said.contains("after restart"), said);
    }

    @Test
    void aMachineThatUsesChanceIsFound() {
        wrong(directory -> new Sum() {
            @Override
            public Result apply(Command command) {
                sum += ThreadLocalRandom.current().nextInt(100);
                return super.apply(command);
            }
        }, machine -> "");
    }

    @Test
    void aMachineThatReadsTheWallClockIsFound() {
        wrong(directory -> new Sum() {
            @Override
            public Result apply(Command command) {
                sum = System.currentTimeMillis();
                return super.apply(command);
            }
        }, machine -> "");
    }

    @Test
    void aMachineThatDependsOnTheOrderOfAHashTableIsFound() {
        String said = wrong(directory -> new Sum() {

            private final Set<Object> things = new HashSet<>();

            @Override
            public Result apply(Command command) {
                byte value = command.payload().get();
                // Its hash is its identity.
                things.add(new Object() {
                    @Override
                    public String toString() {
                        return Byte.toString(value);
                    }
                });
                return Result.ok(new byte[0]);
            }

            @Override
            public void close() {
                things.clear();
            }

            @Override
            public String toString() {
                return things.toString();
            }
        }, Object::toString);
        assertTrue(said.contains("is in state"), said);
    }

    @Test
    void aMachineThatThrowsIsNamedWithTheCommand() {
        String said = assertThrows(AssertionError.class, () -> check(directory -> new Sum() {
            @Override
            public Result apply(Command command) {
                throw new IllegalArgumentException("no such command");
            }
        }, machine -> "", 1)).getMessage();
        assertTrue(said.matches("at command \\d+, 0x.., n\\d throws java.lang.IllegalArgumentException: no such command"
                + " \\(seed 1\\)"), said);
    }

    @Test
    void theSameSeedsGiveTheSameCommands() {
        StringBuilder first = new StringBuilder();
        StringBuilder again = new StringBuilder();
        for (StringBuilder seen : new StringBuilder[] {first, again}) {
            check(directory -> new Sum() {
                @Override
                public Result apply(Command command) {
                    Result result = super.apply(command);
                    seen.append(command.index()).append('=').append(sum).append(' ');
                    return result;
                }
            }, machine -> machine.sum, 1);
        }
        assertTrue(first.length() > 100, first.toString());
        assertEquals(first.toString(), again.toString());
    }

    @Test
    void aMachineThatReturnsNullIsNamed() {
        String said = assertThrows(AssertionError.class, () -> check(directory -> new Sum() {
            @Override
            public Result apply(Command command) {
                return null;
            }
        }, machine -> "", SEEDS)).getMessage();
        assertTrue(said.matches("at command \\d+, 0x.., n\\d returns null: apply has to return a Result"
                + " \\(seed \\d+\\)"), said);
    }
}
