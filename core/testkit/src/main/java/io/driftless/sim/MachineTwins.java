package io.driftless.sim;

import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A user's state machine on every server of a run, and what the first one to apply a command came to: all others, and
 * the same one after a restart, must come to the same. Confined to the run.
 *
 * @param <M> the machine
 */
final class MachineTwins<M extends StateMachine> {

    static final String PROPERTY = "the state machine is deterministic";
    private static final int SHOWN_BYTES = 40;
    private static final int SHOWN_CHARACTERS = 200;

    /** What applying a command led to. */
    private record Outcome(String server, Result result, Object state) { }

    private final MachineUnderTest<M> test;
    private final Universe universe;
    private final Path directory;
    private final Map<Long, Outcome> first = new TreeMap<>();
    private final Map<Integer, Integer> starts = new TreeMap<>();
    /** The class of the user's machine. */
    private String name = "";
    /** What the simulator's own machine has answered, by index. */
    private final Map<Long, Result> answers = new TreeMap<>();

    MachineTwins(MachineUnderTest<M> test, Universe universe, Path directory) {
        this.test = test;
        this.universe = universe;
        this.directory = directory;
    }

    /** See {@link Simulation#check}. */
    static <M extends StateMachine> void check(MachineUnderTest<M> test, int seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            Path directory = null;
            try {
                directory = Files.createTempDirectory("driftless-machine");
                // What is compared is the answers to commands.
                Plan plan = Plan.of(seed).with(Knob.READS, 0);
                // Nor does a machine without sessions start where the log has lost what it may have missed of them.
                Simulation simulation = new Simulation(test.hasSessions() ? plan : plan.with(Knob.SESSION_CLIENTS, 0)
                        .with(Knob.DURABILITY, 0), false);
                Universe universe = simulation.universe();
                MachineTwins<M> twins = new MachineTwins<>(test, universe, directory);
                universe.runs(twins);
                long failed = seed;
                simulation.run().violation().ifPresent(violation -> {
                    throw new AssertionError(violation.property().equals(PROPERTY) ? violation.detail() + " (seed "
                            + failed + ")" : "seed " + failed + " breaks " + violation.property() + ": "
                            + violation.detail().replace(TwinMachine.class.getName(), twins.name));
                });
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            } finally {
                delete(directory);
            }
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The machine of a server that starts: the simulator's own, and a twin of the user's. */
    StateMachine startedOn(SimulatedNode node, RegisterMachine own) {
        int start = starts.merge(node.number, 1, Integer::sum);
        Path place = directory.resolve(node.id + (node.isWiped() ? "-wiped" : ""));
        try {
            Files.createDirectories(place);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        M machine = test.machine(place);
        name = machine.getClass().getName();
        return new TwinMachine<>(own, machine, node.id + (start == 1 ? "" : " after restart "
                + (start - 1)), this);
    }

    /** The command that stands for one of the simulator's: the same bytes for the same serial. */
    byte[] command(long serial) {
        return test.command(new Random(universe.plan.seed() * 31 + serial));
    }

    /** The simulator's own machine has answered. */
    Result answered(long index, Result result) {
        answers.put(index, result);
        return result;
    }

    /** What it answered there. */
    Result answer(long index) {
        return answers.get(index);
    }

    /** A server has applied a command. */
    void applied(String server, long index, byte[] command, Result result, M machine) {
        Outcome now = new Outcome(server, result, test.state(machine));
        Outcome before = first.putIfAbsent(index, now);
        if (before == null) {
            return;
        }
        if (!before.result().equals(now.result())) {
            differ(before, now, index, command, "answers", before.result(), now.result());
        } else if (!before.state().equals(now.state())) {
            differ(before, now, index, command, "is in state", before.state(), now.state());
        }
    }

    private void differ(Outcome before, Outcome now, long index, byte[] command, String verb, Object expected,
            Object found) {
        universe.violated(PROPERTY, "after command " + index + ", " + shown(command) + ", " + before.server() + " "
                + verb + " " + shown(expected) + " and " + now.server() + " " + verb + " " + shown(found));
    }

    /** A twin has thrown. */
    void threw(String server, long index, byte[] command, Exception thrown) {
        universe.violated(PROPERTY, "at command " + index + ", " + shown(command) + ", " + server + " throws "
                + thrown);
    }

    /** A twin has returned null. */
    void gaveNull(String server, long index, byte[] command) {
        universe.violated(PROPERTY, "at command " + index + ", " + shown(command) + ", " + server
                + " returns null: apply has to return a Result");
    }

    private static String shown(byte[] command) {
        String hex = HexFormat.of().formatHex(command, 0, Math.min(command.length, SHOWN_BYTES));
        return "0x" + hex + (command.length > SHOWN_BYTES ? "... of " + command.length + " bytes" : "");
    }

    private static String shown(Object value) {
        String text = value.toString();
        return "'" + (text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text) + "'";
    }
}
