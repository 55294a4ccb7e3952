package io.driftless.ops.torture;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import io.driftless.sim.history.RegisterHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Judges what the clients saw, and what the nodes hold in the end. Each key has a version that counts its writes, and
 * no two commands write the same value: so a command that was lost, or executed twice, shows in the versions, and a key
 * is a register of versions, whose history must be linearizable. A write without an answer fills a version that nobody
 * else has written, or none.
 */
final class HistoryCheck {

    private final List<String> violations = new ArrayList<>();
    /** Every write that was sent, by its value. */
    private final Map<Bytes, Recorded> byValue = new HashMap<>();
    /** Which value each key had in each version that anybody has seen or written. */
    private final Map<Bytes, SortedMap<Long, Bytes>> versions = new HashMap<>();
    /** The highest version of each key that anybody knows of. */
    private final Map<Bytes, Long> highest = new HashMap<>();
    private final List<Recorded> history;

    private HistoryCheck(List<Recorded> history) {
        this.history = history;
    }

    /** What is wrong with a history, on a machine that ends with these rows; empty if nothing is. */
    static List<String> violations(List<Recorded> history, List<KvAnswer.Row> end) {
        HistoryCheck check = new HistoryCheck(history);
        check.values();
        check.answers();
        end.forEach(row -> check.seen(row.key(), row.version(), row.value(), "the end"));
        check.refusals();
        check.indexes();
        check.orders(end);
        return check.violations;
    }

    private static Optional<Bytes> written(KvCommand command) {
        return switch (command) {
            case KvCommand.Put(Bytes key, Bytes value) -> Optional.of(value);
            case KvCommand.Create(Bytes key, Bytes value) -> Optional.of(value);
            case KvCommand.Cas(Bytes key, Bytes expected, Bytes value) -> Optional.of(value);
            case KvCommand.Get get -> Optional.empty();
            case KvCommand.Delete delete -> Optional.empty();
            case KvCommand.Usage usage -> Optional.empty();
            case KvCommand.SetQuota quota -> Optional.empty();
        };
    }

    private void values() {
        for (Recorded each : history) {
            written(each.exchange().command()).ifPresent(value -> {
                if (byValue.put(value, each) != null) {
                    throw new IllegalArgumentException("two commands write " + value.utf8());
                }
            });
        }
    }

    private void answers() {
        for (Recorded each : history) {
            KvCommand command = each.exchange().command();
            if (each.exchange().isCommitted() && each.exchange().reply().isEmpty()) {
                violations.add("no answer of a key-value machine: " + each);
            }
            switch (each.exchange().reply().orElse(new KvReply.NotWritten())) {
                case KvReply.Written(long version) -> {
                    seen(command.key(), version, written(command).orElseThrow(), each.toString());
                    if (command instanceof KvCommand.Create && version != 1) {
                        violations.add("created over something: " + each);
                    }
                }
                case KvReply.Found(long version, Bytes value) -> seen(command.key(), version, value, each.toString());
                case KvReply.Absent absent -> { }
                case KvReply.NotWritten refused -> { }
                case KvReply.Deleted deleted -> violations.add("nobody deletes: " + each);
                case KvReply.Usage usage -> violations.add("nobody asks for the use: " + each);
            }
        }
    }

    private void seen(Bytes key, long version, Bytes value, String by) {
        Bytes before = versions.computeIfAbsent(key, none -> new TreeMap<>()).putIfAbsent(version, value);
        highest.merge(key, version, Math::max);
        if (before != null && !before.equals(value)) {
            violations.add("version " + version + " of " + key.utf8() + " is both " + Recorded.text(before)
                    + " and " + Recorded.text(value) + ": " + by);
        }
        Recorded writer = byValue.get(value);
        if (writer == null || !writer.exchange().command().key().equals(key)) {
            violations.add("nobody wrote this: " + by);
        } else if (writer.exchange().outcome() instanceof Outcome.Rejected) {
            violations.add("a rejected command was executed: " + writer + ", seen by " + by);
        } else if (writer.exchange().reply().orElse(null) instanceof KvReply.Written(long told) && told != version) {
            violations.add("executed twice, or told wrongly: " + writer + ", seen by " + by);
        } else if (writer.exchange().reply().orElse(null) instanceof KvReply.NotWritten) {
            violations.add("refused and yet executed: " + writer + ", seen by " + by);
        }
    }

    /** A compare-and-set writes behind the value that it expects; one that was refused met another one. */
    private void refusals() {
        for (Recorded each : history) {
            if (each.exchange().command() instanceof KvCommand.Cas(Bytes key, Bytes expected, Bytes value)
                    && each.exchange().reply().isPresent()) {
                SortedMap<Long, Bytes> of = versions.getOrDefault(key, new TreeMap<>());
                switch (each.exchange().reply().get()) {
                    case KvReply.Written(long version) -> {
                        if (of.containsKey(version - 1) && !expected.equals(of.get(version - 1))) {
                            violations.add("set what it did not expect: " + each);
                        }
                    }
                    case KvReply.NotWritten refused -> {
                        if (stoodThroughout(of, expected, each)) {
                            violations.add("refused, though what it expected stood there: " + each);
                        }
                    }
                    case KvReply.Found found -> violations.add("no answer to this: " + each);
                    case KvReply.Absent absent -> violations.add("no answer to this: " + each);
                    case KvReply.Deleted deleted -> violations.add("no answer to this: " + each);
                    case KvReply.Usage usage -> violations.add("no answer to this: " + each);
                }
            }
        }
    }

    private boolean stoodThroughout(SortedMap<Long, Bytes> of, Bytes value, Recorded during) {
        Recorded writer = byValue.get(value);
        if (writer == null || !(writer.exchange().reply().orElse(null) instanceof KvReply.Written(long version))
                || writer.endedNs() >= during.begunNs()) {
            return false;
        }
        Bytes next = of.get(version + 1);
        long known = highest.getOrDefault(during.exchange().command().key(), 0L);
        return known == version || next != null && byValue.containsKey(next)
                && byValue.get(next).begunNs() > during.endedNs();
    }

    /** The index in the log is an order of all commands: it must agree with time, and with the versions of each key. */
    private void indexes() {
        SortedMap<Long, Recorded> byIndex = new TreeMap<>();
        for (Recorded each : history) {
            if (each.exchange().outcome() instanceof Outcome.Committed(long index, var result)) {
                Recorded other = byIndex.put(index, each);
                if (other != null) {
                    violations.add("two commands at index " + index + ": " + each + " and " + other);
                }
            }
        }
        long latestBegun = Long.MIN_VALUE;
        Map<Bytes, Long> version = new HashMap<>();
        for (Recorded each : byIndex.values()) {
            if (each.endedNs() < latestBegun) {
                violations.add("answered before one of a lower index was sent: " + each);
            }
            latestBegun = Math.max(latestBegun, each.begunNs());
            long now = switch (each.exchange().reply().orElse(new KvReply.NotWritten())) {
                case KvReply.Written(long number) -> number;
                case KvReply.Found(long number, Bytes value) -> number;
                case KvReply.Absent absent -> 0;
                case KvReply.NotWritten refused -> Long.MAX_VALUE;
                case KvReply.Deleted deleted -> Long.MAX_VALUE;
                case KvReply.Usage usage -> Long.MAX_VALUE;
            };
            Bytes key = each.exchange().command().key();
            if (now < version.getOrDefault(key, 0L)) {
                violations.add("a version goes back along the log: " + each);
            }
            version.merge(key, now == Long.MAX_VALUE ? 0 : now, Math::max);
        }
    }

    private void orders(List<KvAnswer.Row> end) {
        Map<Bytes, RegisterHistory> registers = new HashMap<>();
        Map<Bytes, List<Recorded>> open = new HashMap<>();
        for (Recorded each : history) {
            Bytes key = each.exchange().command().key();
            RegisterHistory register = registers.computeIfAbsent(key, none -> new RegisterHistory());
            if (each.exchange().outcome() instanceof Outcome.Unknown) {
                written(each.exchange().command()).ifPresent(value ->
                        open.computeIfAbsent(key, none -> new ArrayList<>()).add(each));
            }
            switch (each.exchange().reply().orElse(new KvReply.NotWritten())) {
                case KvReply.Written(long version) ->
                        register.changed(0, version - 1, version, each.begunNs(), each.endedNs());
                case KvReply.Found(long version, Bytes value) ->
                        register.read(0, version, each.begunNs(), each.endedNs());
                case KvReply.Absent absent -> register.read(0, 0, each.begunNs(), each.endedNs());
                case KvReply.NotWritten refused -> { }
                case KvReply.Deleted deleted -> { }
                case KvReply.Usage usage -> { }
            }
        }
        long endNs = history.stream().mapToLong(Recorded::endedNs).max().orElse(0) + 1;
        Map<Bytes, Long> last = new HashMap<>();
        end.forEach(row -> last.put(row.key(), row.version()));
        registers.forEach((key, register) -> {
            register.read(0, last.getOrDefault(key, 0L), endNs, endNs + 1);
            fillGaps(key, register, open.getOrDefault(key, List.of()));
            if (!register.isLinearizable()) {
                violations.add("not linearizable: " + key.utf8() + history.stream()
                        .filter(each -> each.exchange().command().key().equals(key))
                        .sorted(Comparator.comparingLong(Recorded::begunNs))
                        .map(each -> "\n    " + each).reduce("", String::concat));
            }
        });
    }

    /** Each version that no answer tells of was written by a command of unknown outcome, each of them at most once. */
    private void fillGaps(Bytes key, RegisterHistory register, List<Recorded> open) {
        SortedMap<Long, Bytes> of = versions.getOrDefault(key, new TreeMap<>());
        List<Recorded> free = new ArrayList<>(open);
        free.removeIf(each -> of.containsValue(written(each.exchange().command()).orElseThrow()));
        free.sort(Comparator.comparingLong(Recorded::begunNs));
        for (long version = 1; version <= highest.getOrDefault(key, 0L); version++) {
            Bytes value = of.get(version);
            if (value == null && free.isEmpty()) {
                violations.add("executed twice: version " + version + " of " + key.utf8() + " is nobody's");
            } else {
                Recorded writer = value == null ? free.removeFirst() : byValue.get(value);
                if (writer != null && writer.exchange().outcome() instanceof Outcome.Unknown) {
                    register.mayHaveChanged(0, version - 1, version, writer.begunNs());
                }
            }
        }
    }
}
