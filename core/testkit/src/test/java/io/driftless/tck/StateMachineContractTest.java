package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of state machines notices those that break it, each in one way. */
class StateMachineContractTest {

    @TempDir
    private Path directory;

    @Test
    void passesAMachineThatHoldsIt() throws Exception {
        Suite suite = new Suite(Recorder::new);
        suite.startsWithNothingAppliedInAnEmptyDirectory(directory);
        suite.twinsThatApplyTheSameCommandsAgree(directory);
        suite.keepsNoPartOfACommandsMemory(directory);
        suite.goesOnAfterAReopenFromWhereItSays(directory);
        suite.localQueriesChangeNothing(directory);
        suite.answersRubbishWithAResult(directory);
    }

    @Test
    void noticesAMachineThatDependsOnItsNode() {
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public Result apply(Command command) {
                super.apply(command);
                return Result.ok(node.getBytes(StandardCharsets.US_ASCII));
            }
        });
        assertThrows(AssertionError.class, () -> suite.twinsThatApplyTheSameCommandsAgree(directory));
    }

    @Test
    void noticesAMachineThatDependsOnTheSizeOfBatches() {
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public void batchApplied(long index) {
                kept.add(ByteBuffer.allocate(1));
            }
        });
        assertThrows(AssertionError.class, () -> suite.twinsThatApplyTheSameCommandsAgree(directory));
    }

    @Test
    void noticesAMachineThatKeepsThePayload() {
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public Result apply(Command command) {
                kept.add(command.payload());
                return Result.ok(new byte[0]);
            }
        });
        assertThrows(AssertionError.class, () -> suite.keepsNoPartOfACommandsMemory(directory));
    }

    @Test
    void noticesAQueryThatChangesTheState() {
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public Result query(ByteBuffer query, long appliedIndex) {
                kept.add(ByteBuffer.allocate(1));
                return Result.ok(new byte[0]);
            }
        });
        assertThrows(AssertionError.class, () -> suite.localQueriesChangeNothing(directory));
    }

    @Test
    void noticesAMachineThatClaimsWhatItDidNotKeep() {
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public long open(MachineContext context) {
                super.open(context);
                return 7;
            }
        });
        assertThrows(AssertionError.class, () -> suite.startsWithNothingAppliedInAnEmptyDirectory(directory));
        assertThrows(AssertionError.class, () -> suite.goesOnAfterAReopenFromWhereItSays(directory));
    }

    @Test
    void noticesAMachineThatKeepsItsStateAndForgetsTheIndex() {
        List<ByteBuffer> disk = new ArrayList<>();
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public long open(MachineContext context) {
                kept.addAll(disk);
                return super.open(context);
            }

            @Override
            public void close() {
                disk.clear();
                disk.addAll(kept);
            }
        });
        assertThrows(AssertionError.class, () -> suite.goesOnAfterAReopenFromWhereItSays(directory));
    }

    @Test
    void noticesAMachineThatKeepsItsStateAndNotTheRowsOfSessions() {
        List<ByteBuffer> disk = new ArrayList<>();
        Supplier<Recorder> machines = () -> new Recorder() {
            @Override
            public long open(MachineContext context) {
                super.open(context);
                kept.addAll(disk);
                return kept.size();
            }

            @Override
            public void close() {
                disk.clear();
                disk.addAll(kept);
            }
        };
        assertTrue(assertThrows(AssertionError.class, () -> new Suite(machines)
                .goesOnAfterAReopenFromWhereItSays(directory)).getMessage().contains("sessions() after open() said"));
    }

    @Test
    void noticesAMachineThatThrowsAtRubbish() {
        Suite suite = new Suite(() -> new Recorder() {
            @Override
            public Result apply(Command command) {
                command.payload().getLong();
                return super.apply(command);
            }
        });
        assertThrows(BufferUnderflowException.class, () -> suite.answersRubbishWithAResult(directory));
    }

    /** Keeps all payloads in memory. */
    private static class Recorder implements StateMachine {

        final List<ByteBuffer> kept = new ArrayList<>();
        String node = "";

        @Override
        public long open(MachineContext context) {
            node = context.nodeId();
            return 0;
        }

        @Override
        public Result apply(Command command) {
            kept.add(copy(command.payload()));
            return Result.ok(Integer.toString(kept.size()).getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() { }

        private static ByteBuffer copy(ByteBuffer payload) {
            return ByteBuffer.allocate(payload.remaining()).put(payload).flip();
        }
    }

    private static final class Suite extends StateMachineContract<Recorder> {

        private final Supplier<Recorder> machines;

        Suite(Supplier<Recorder> machines) {
            this.machines = machines;
        }

        @Override
        protected Recorder machine(Path kept) {
            return machines.get();
        }

        @Override
        protected byte[] command(Random random) {
            byte[] bytes = new byte[8 + random.nextInt(8)];
            random.nextBytes(bytes);
            return bytes;
        }

        @Override
        protected Object state(Recorder machine) {
            return List.copyOf(machine.kept);
        }

        @Override
        protected List<byte[]> queries() {
            return List.of(new byte[1]);
        }
    }
}
