package io.driftless.sim.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history of operations on registers is linearizable: whether each operation can be thought to happen
 * at one moment between its beginning and its answer, so that all answers are right (Wing and Gong 1993, with Lowe's
 * memory of configurations that were tried, 2017). Registers are independent, so each is decided separately. An
 * operation without an answer may happen at any time after its beginning, or never.
 */
public final class Linearizability {

    /** The beginning or the end of a call, in a list that calls are taken out of and put back into. */
    private static final class Mark {
        private final Call call;
        private final int number;
        private @Nullable Mark end;
        private @Nullable Mark before;
        private @Nullable Mark next;

        Mark(Call call, int number) {
            this.call = call;
            this.number = number;
        }

        void linkAfter(Mark previous) {
            before = previous;
            next = previous.next;
            if (next != null) {
                next.before = this;
            }
            previous.next = this;
        }

        void takeOut() {
            java.util.Objects.requireNonNull(before).next = next;
            if (next != null) {
                next.before = before;
            }
        }

        void putBack() {
            java.util.Objects.requireNonNull(before).next = this;
            if (next != null) {
                next.before = this;
            }
        }
    }

    private record Moment(long atNs, boolean isEnd, Mark mark) { }

    /** Calls before {@code from} are done, and after it those of the set. */
    private record Configuration(int from, BitSet doneAfter, long register) { }

    private record Step(Mark mark, long registerBefore, boolean isForced) { }

    private Linearizability() { }

    /** Whether the history is linearizable, from registers that all hold 0. */
    public static boolean isLinearizable(List<Call> calls) {
        SortedMap<Integer, List<Call>> byKey = new TreeMap<>();
        for (Call call : calls) {
            byKey.computeIfAbsent(call.operation().key(), none -> new ArrayList<>()).add(call);
        }
        return byKey.values().stream().map(Linearizability::thatMatter).allMatch(list -> list.isEmpty()
                || isOneLinearizable(list));
    }

    /**
     * The calls without those that were not answered and whose value nobody can have met: no answer shows it, and no
     * other unanswered call that matters expects it. Whatever order explains the answers does so without them too, as
     * the next write hides them; and each of them left in would double the work.
     */
    private static List<Call> thatMatter(List<Call> calls) {
        Set<Long> met = new HashSet<>();
        List<Call> matter = new ArrayList<>();
        List<Call> open = new ArrayList<>();
        for (Call call : calls) {
            if (call.isAnswered()) {
                matter.add(call);
                met.add(call.result());
            } else if (call.operation().kind() != Operation.Kind.READ) {
                open.add(call);
            }
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Call call : List.copyOf(open)) {
                if (met.contains(call.operation().value())) {
                    open.remove(call);
                    matter.add(call);
                    met.add(call.operation().expected());
                    more = true;
                }
            }
        }
        return matter;
    }

    private static Mark list(List<Call> unordered) {
        List<Call> calls = new ArrayList<>(unordered);
        calls.sort(Comparator.comparingLong(Call::begunNs));
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            Mark begin = new Mark(call, i);
            Mark end = new Mark(call, i);
            begin.end = end;
            moments.add(new Moment(call.begunNs(), false, begin));
            moments.add(new Moment(call.answeredNs(), true, end));
        }
        // What ends at the moment at which another begins may have happened after it.
        moments.sort(Comparator.comparingLong(Moment::atNs).thenComparing(Moment::isEnd));
        Mark head = new Mark(calls.getFirst(), -1);
        Mark last = head;
        for (Moment moment : moments) {
            moment.mark().linkAfter(last);
            last = moment.mark();
        }
        return head;
    }

    private static boolean isOneLinearizable(List<Call> calls) {
        return new Search(list(calls), calls).finds();
    }

    /** One register's search for an order that explains all answers. */
    private static final class Search {

        private final Mark head;
        private final BitSet done;
        private final Set<Configuration> tried = new HashSet<>();
        private final List<Step> steps = new ArrayList<>();
        private long register;
        private int answersLeft;

        Search(Mark head, List<Call> calls) {
            this.head = head;
            this.done = new BitSet(calls.size());
            this.answersLeft = (int) calls.stream().filter(Call::isAnswered).count();
        }

        boolean finds() {
            Mark mark = head.next;
            boolean isNew = true;
            while (answersLeft > 0) {
                Mark idle = isNew ? firstIdle() : null;
                if (idle != null) {
                    take(idle, true);
                    mark = head.next;
                } else if (mark != null && mark.end != null) {
                    isNew = isRight(mark.call, register) && isUntried(mark);
                    if (isNew) {
                        take(mark, false);
                    }
                    mark = isNew ? head.next : mark.next;
                } else {
                    // An answer that nothing explains: the last step that was a choice was wrong.
                    isNew = false;
                    Mark wrong = back();
                    if (wrong == null) {
                        return false;
                    }
                    mark = wrong.next;
                }
            }
            return true;
        }

        /**
         * A call whose answer is right now and which changes nothing: whatever order has it later is as good with it
         * now, so it is no choice.
         */
        private @Nullable Mark firstIdle() {
            for (Mark mark = head.next; mark != null && mark.end != null; mark = mark.next) {
                if (mark.call.isAnswered() && mark.call.result() == register
                        && mark.call.operation().after(register) == register) {
                    return mark;
                }
            }
            return null;
        }

        private boolean isUntried(Mark mark) {
            done.set(mark.number);
            boolean untried = tried.add(configuration(done, mark.call.operation().after(register)));
            done.clear(mark.number);
            return untried;
        }

        private void take(Mark mark, boolean isForced) {
            steps.add(new Step(mark, register, isForced));
            done.set(mark.number);
            register = mark.call.operation().after(register);
            answersLeft -= mark.call.isAnswered() ? 1 : 0;
            mark.takeOut();
            java.util.Objects.requireNonNull(mark.end).takeOut();
        }

        /** Takes steps back up to the last choice; null if there is none. */
        private @Nullable Mark back() {
            while (!steps.isEmpty()) {
                Step step = steps.removeLast();
                register = step.registerBefore();
                done.clear(step.mark().number);
                answersLeft += step.mark().call.isAnswered() ? 1 : 0;
                java.util.Objects.requireNonNull(step.mark().end).putBack();
                step.mark().putBack();
                if (!step.isForced()) {
                    return step.mark();
                }
            }
            return null;
        }
    }

    /** Calls are numbered by when they began, so that what is not simply done lies close together. */
    private static Configuration configuration(BitSet done, long register) {
        int from = done.nextClearBit(0);
        return new Configuration(from, done.get(from, Math.max(from, done.length())), register);
    }

    private static boolean isRight(Call call, long register) {
        return !call.isAnswered() || call.result() == register;
    }
}
