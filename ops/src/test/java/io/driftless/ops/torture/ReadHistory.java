package io.driftless.ops.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What clients saw of registers that all held 0 at first: commands, which went through the log, and queries, which did
 * not. Some registers make a lap, which one query reads at once. No two commands write the same value. Times are of one
 * clock. Thread safe.
 */
final class ReadHistory {

    /** So many registers make a lap. */
    static final int LAP = 4;

    /** What became of a command. */
    enum Fate {
        /** It was executed, and set the register. */
        CHANGED,
        /** It was executed, and read the register. */
        READ,
        /** It may have been executed, or may be yet. */
        UNKNOWN,
        /** It was not executed, or was and changed nothing. */
        NOTHING
    }

    /**
     * A command.
     *
     * @param before what the register had to hold
     * @param value  what it set, or read
     * @param index  where it stands in the log; 0 if that is not known
     */
    record Command(int register, long before, long value, long begunNs, long endedNs, long index, Fate fate) { }

    /** What a query asked for. */
    enum Asked { LINEARIZABLE, AT_LEAST, STALE }

    /**
     * A query that was answered.
     *
     * @param leastIndex for {@link Asked#AT_LEAST}
     * @param index      up to which the answer shows everything
     * @param age        what was said of it
     * @param lap        which registers were read
     * @param values     of the registers of the lap
     */
    record Answer(String member, Asked asked, long leastIndex, long begunNs, long endedNs, long index,
            Optional<Duration> age, int lap, List<Long> values) { }

    private final List<Command> commands = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    static int register(int lap, int number) {
        return lap * LAP + number;
    }

    synchronized void add(Command command) {
        commands.add(command);
    }

    synchronized void add(Answer answer) {
        answers.add(answer);
    }

    /** Has a client do its work; if that throws, the history is of no use. */
    void guard(Runnable client) {
        try {
            client.run();
        } catch (RuntimeException thrown) {
            synchronized (this) {
                broken.add(Thread.currentThread().getName() + " threw " + thrown);
            }
        }
    }

    /** What clients could not make sense of; empty in a history that can be judged. */
    synchronized List<String> broken() {
        return List.copyOf(broken);
    }

    synchronized List<Command> commands() {
        return List.copyOf(commands);
    }

    synchronized List<Answer> answers() {
        return List.copyOf(answers);
    }
}
