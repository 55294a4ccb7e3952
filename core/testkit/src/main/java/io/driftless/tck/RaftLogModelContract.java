package io.driftless.tck;

import io.driftless.log.RaftLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RaftLog} must do under any sequence of operations. Random operations are done on the log and on a
 * plain list, and both must show the same after each. A failure names its seed and the shortest list of operations
 * found that still fails. {@code -Ddriftless.model.seed=SEED} runs it again.
 */
public abstract class RaftLogModelContract {

    private static final int OPERATIONS_PER_LOG = 1_000;
    private static final int SHRINKING_RUNS_MAX = 3_000;

    /** A place for one log. */
    public interface Place extends AutoCloseable {

        /**
         * Opens the log. The first time it is empty; later it holds what was left there. The previous one is closed.
         */
        RaftLog open();

        /** Removes everything. No log is open there. */
        @Override
        void close();
    }

    /** Makes a place with nothing in it. */
    protected abstract Place place();

    /** How many operations to try. */
    protected int operations() {
        return 100_000;
    }

    @Test
    void behavesLikeAPlainListWhateverIsDone() {
        check(Long.getLong("driftless.model.seed", System.nanoTime()), operations());
    }

    /**
     * Tries this many operations, and takes a new log after every {@value #OPERATIONS_PER_LOG}. The first such round
     * follows from {@code seed}, the next from the seed after it.
     *
     * @throws AssertionError with the seed of the round, and the shortest list of operations that fails
     */
    protected final void check(long seed, int operations) {
        for (int i = 0; i * OPERATIONS_PER_LOG < operations; i++) {
            check(this::place, seed + i);
        }
    }

    static void check(Supplier<Place> places, long seed) {
        List<LogOperation> operations = LogOperation.random(new Random(seed), OPERATIONS_PER_LOG);
        Failure failure = run(places, operations);
        if (failure != null) {
            Failure shortest = new Shrinking(places, failure).shortest();
            throw new AssertionError("seed " + seed + "; of its operations, these still fail:\n"
                    + shortest.operations().stream().map(LogOperation::toString).collect(Collectors.joining("\n"))
                    + "\n" + shortest.cause(), shortest.cause());
        }
    }

    /** Operations, the last of which fails. */
    private record Failure(List<LogOperation> operations, Throwable cause) { }

    private static @Nullable Failure run(Supplier<Place> places, List<LogOperation> operations) {
        int done = 0;
        try (Place place = places.get(); ModelledLog log = new ModelledLog(place)) {
            while (done < operations.size()) {
                log.apply(operations.get(done++));
            }
            log.compareAll();
            return null;
        } catch (RuntimeException | AssertionError e) {
            return new Failure(operations.subList(0, done), e);
        }
    }

    /** Makes the list shorter, and then its numbers smaller, again and again as long as what remains fails. */
    private static final class Shrinking {

        private final Supplier<Place> places;
        private Failure shortest;
        private int runs;

        Shrinking(Supplier<Place> places, Failure failure) {
            this.places = places;
            this.shortest = failure;
        }

        Failure shortest() {
            for (int part = shortest.operations().size() / 2; part > 1; part /= 2) {
                leaveOut(part);
            }
            boolean again = true;
            while (again && runs < SHRINKING_RUNS_MAX) {
                again = leaveOut(1) | lessen();
            }
            return shortest;
        }

        private boolean leaveOut(int part) {
            boolean any = false;
            int from = 0;
            while (from < shortest.operations().size()) {
                List<LogOperation> fewer = new ArrayList<>(shortest.operations());
                fewer.subList(from, Math.min(from + part, fewer.size())).clear();
                boolean fails = stillFails(fewer);
                any |= fails;
                from += fails ? 0 : part;
            }
            return any;
        }

        private boolean lessen() {
            boolean any = false;
            for (int i = 0; i < shortest.operations().size(); i++) {
                List<LogOperation> less = new ArrayList<>(shortest.operations());
                less.set(i, less.get(i).smaller());
                any |= !less.equals(shortest.operations()) && stillFails(less);
            }
            return any;
        }

        private boolean stillFails(List<LogOperation> operations) {
            Failure next = runs++ < SHRINKING_RUNS_MAX ? run(places, operations) : null;
            shortest = next == null ? shortest : next;
            return next != null;
        }
    }
}
