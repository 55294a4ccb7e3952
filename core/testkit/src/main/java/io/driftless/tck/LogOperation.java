package io.driftless.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Something to do with a log. Indexes are told from its end, so that an operation still means something when others
 * before it are left out. Immutable.
 */
sealed interface LogOperation {

    /** Entries at the end. */
    record Append(int count, int termStep, int payloadLength) implements LogOperation { }

    /** Entries from so many before the last on; refused if that is before the first. */
    record Overwrite(int back, int count, int termStep, int payloadLength) implements LogOperation { }

    /** Everything becomes durable. */
    record Sync() implements LogOperation { }

    /** Up to so many before the first that is not durable: refused if that is 0. */
    record Compact(int back) implements LogOperation { }

    /** Everything is forgotten. */
    record Reset(long index, long term) implements LogOperation { }

    /** Until it is opened again, everything is refused. */
    record Close() implements LogOperation { }

    /** Closed, if it is not, and opened. */
    record Reopen() implements LogOperation { }

    /** The entry so many before the second that is not there. */
    record ReadOne(int back) implements LogOperation { }

    /** A range from there on. */
    record ReadRange(int back, int count, int weightMax) implements LogOperation { }

    /** The term there; refused outside. */
    record TermAt(int back) implements LogOperation { }

    /** The same with smaller numbers; itself if they are as small as can be. */
    default LogOperation smaller() {
        return switch (this) {
            case Append append -> new Append(half(append.count()), append.termStep(), append.payloadLength() / 2);
            case Overwrite overwrite -> new Overwrite(overwrite.back() / 2, half(overwrite.count()),
                    overwrite.termStep(), overwrite.payloadLength() / 2);
            case Compact compact -> new Compact(half(compact.back()));
            case Reset reset -> new Reset(reset.index() / 2, reset.index() < 2 ? 0 : half((int) reset.term()));
            case ReadOne one -> new ReadOne(one.back() / 2);
            case ReadRange range -> new ReadRange(range.back() / 2, range.count() / 2, range.weightMax() / 2);
            case TermAt term -> new TermAt(term.back() / 2);
            case Sync sync -> sync;
            case Close close -> close;
            case Reopen reopen -> reopen;
        };
    }

    private static int half(int number) {
        return Math.max(Math.min(1, number), number / 2);
    }

    /** So many at random. */
    static List<LogOperation> random(Random random, int count) {
        List<LogOperation> operations = new ArrayList<>();
        boolean closed = false;
        while (operations.size() < count) {
            LogOperation next = closed && random.nextInt(3) == 0 ? new Reopen() : random(random);
            closed = !(next instanceof Reopen) && (closed || next instanceof Close);
            operations.add(next);
        }
        return operations;
    }

    private static LogOperation random(Random random) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            return new Reopen();
        } else if (dice == 1) {
            return new Close();
        } else if (dice < 4) {
            long index = random.nextInt(1_000);
            return new Reset(index, index == 0 ? 0 : 1 + random.nextInt(5));
        } else if (dice < 12) {
            return new Compact(back(random));
        } else if (dice < 30) {
            return new Overwrite(back(random), 1 + random.nextInt(6), random.nextInt(2), length(random));
        } else if (dice < 50) {
            return new Sync();
        } else if (dice < 70) {
            return new ReadOne(back(random));
        } else if (dice < 90) {
            return new ReadRange(back(random), random.nextInt(30), random.nextInt(5_000));
        } else if (dice < 100) {
            return new TermAt(back(random));
        }
        return new Append(1 + random.nextInt(6), random.nextInt(2), length(random));
    }

    private static int back(Random random) {
        return random.nextInt(random.nextInt(4) == 0 ? 1_500 : 40);
    }

    private static int length(Random random) {
        return random.nextInt(40) == 0 ? random.nextInt(16_000) : random.nextInt(200);
    }
}
