package io.driftless.ops.torture;

import io.driftless.ops.torture.ReadHistory.Answer;
import io.driftless.ops.torture.ReadHistory.Asked;
import io.driftless.ops.torture.ReadHistory.Command;
import io.driftless.ops.torture.ReadHistory.Fate;
import io.driftless.sim.history.RegisterHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Judges what clients saw. The commands and the linearizable answers of each register must be linearizable. Every
 * answer must show exactly what stands in the log up to its index. And that index must be high enough: at or above the
 * one that was asked for, and at or above every index that anybody had heard of when a linearizable query was asked, or
 * that long before a stale one was asked as the answer says that it is old.
 */
final class ReadHistoryCheck {

    private static final int SHOWN_MAX = 20;

    private final ReadHistory history;
    private final List<String> violations = new ArrayList<>();
    /** The highest index that anybody had heard of at a time. */
    private final NavigableMap<Long, Long> heard = new TreeMap<>();
    /** Who wrote a value, or may have. */
    private final Map<Long, Command> writers = new HashMap<>();
    /** What is known to stand in the log, for each register by index. */
    private final Map<Integer, NavigableMap<Long, Long>> log = new HashMap<>();

    private ReadHistoryCheck(ReadHistory history) {
        this.history = history;
    }

    /** What is wrong; empty if nothing is. */
    static List<String> violations(ReadHistory history) {
        ReadHistoryCheck check = new ReadHistoryCheck(history);
        check.violations.addAll(history.broken());
        check.collect();
        history.answers().forEach(check::index);
        history.answers().forEach(check::contents);
        check.orders();
        return check.violations.stream().limit(SHOWN_MAX).toList();
    }

    private void collect() {
        TreeMap<Long, Long> indexes = new TreeMap<>();
        for (Command command : history.commands()) {
            if (command.index() > 0) {
                indexes.merge(command.endedNs(), command.index(), Math::max);
            }
            if (command.fate() == Fate.CHANGED) {
                log.computeIfAbsent(command.register(), none -> new TreeMap<>()).put(command.index(), command.value());
            }
            if ((command.fate() == Fate.CHANGED || command.fate() == Fate.UNKNOWN)
                    && writers.put(command.value(), command) != null) {
                throw new IllegalArgumentException("two commands write " + command.value());
            }
        }
        // Also what a query showed is committed.
        history.answers().forEach(answer -> indexes.merge(answer.endedNs(), answer.index(), Math::max));
        long highest = 0;
        for (Map.Entry<Long, Long> each : indexes.entrySet()) {
            highest = Math.max(highest, each.getValue());
            heard.put(each.getKey(), highest);
        }
    }

    private void index(Answer answer) {
        long least = switch (answer.asked()) {
            case LINEARIZABLE -> heardBefore(answer.begunNs());
            case AT_LEAST -> answer.leastIndex();
            // The age counts back from the moment of the answer, which came after the question.
            case STALE -> answer.age().map(Duration::toNanos).map(ageNs -> heardBefore(answer.begunNs() - ageNs))
                    .orElse(0L);
        };
        if (answer.index() < least) {
            violations.add("older than index " + least + ": " + answer);
        }
    }

    private long heardBefore(long atNs) {
        Map.Entry<Long, Long> last = heard.lowerEntry(atNs);
        return last == null ? 0 : last.getValue();
    }

    private void contents(Answer answer) {
        for (int i = 0; i < answer.values().size(); i++) {
            long value = answer.values().get(i);
            int register = ReadHistory.register(answer.lap(), i);
            Command writer = writers.get(value);
            if (value != 0 && (writer == null || writer.register() != register)) {
                violations.add("nobody wrote " + value + " into register " + register + ": " + answer);
            } else if (writer == null || writer.fate() == Fate.CHANGED) {
                Map.Entry<Long, Long> last = log.getOrDefault(register, new TreeMap<>()).floorEntry(answer.index());
                if ((last == null ? 0 : last.getValue()) != value) {
                    violations.add("register " + register + " holds " + last + " (index=value) by then: " + answer);
                }
            }
        }
    }

    private void orders() {
        Map<Integer, RegisterHistory> registers = new HashMap<>();
        for (Command each : history.commands()) {
            RegisterHistory of = registers.computeIfAbsent(each.register(), none -> new RegisterHistory());
            switch (each.fate()) {
                case CHANGED -> of.changed(0, each.before(), each.value(), each.begunNs(), each.endedNs());
                case READ -> of.read(0, each.value(), each.begunNs(), each.endedNs());
                case UNKNOWN -> of.mayHaveChanged(0, each.before(), each.value(), each.begunNs());
                case NOTHING -> { }
            }
        }
        for (Answer each : history.answers()) {
            for (int i = 0; i < each.values().size() && each.asked() == Asked.LINEARIZABLE; i++) {
                registers.computeIfAbsent(ReadHistory.register(each.lap(), i), none -> new RegisterHistory())
                        .read(0, each.values().get(i), each.begunNs(), each.endedNs());
            }
        }
        registers.forEach((register, seen) -> {
            if (!seen.isLinearizable()) {
                violations.add("register " + register + " is not linearizable");
            }
        });
    }
}
