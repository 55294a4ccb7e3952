package io.driftless.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Shows everything that happens to all checkers, and keeps what is asked for: a digest, the last lines. */
final class Watch {

    /** Sees everything before the checkers do; changes nothing. */
    interface Eye {

        /** Something has happened. */
        void saw(long nowNs, Happening happening);
    }

    private static final int LINES = 60;
    /** These numbers go on from run to run within a process, so that a run has others when it is repeated. */
    private static final Pattern REQUEST_NUMBER = Pattern.compile("(ReadIndex(?:Reply)?\\[term=\\d+, id=)\\d+");

    private final List<Eye> eyes;
    private final List<Checker> checkers = new ArrayList<>();
    private final boolean tells;
    private final Deque<String> lines = new ArrayDeque<>();
    private Optional<Violation> violation = Optional.empty();
    private long digest = 0xCBF29CE484222325L;
    private long count;
    /** The only checker that counts, by its class; empty: all do. */
    private String only = "";

    /** {@code tells}: whether the digest and the lines are wanted, which takes time. */
    Watch(boolean tells, Eye... eyes) {
        this.tells = tells;
        this.eyes = List.of(eyes);
    }

    void add(Checker checker) {
        checkers.add(checker);
    }

    /** From now on only this checker counts, by its class: to see whether it finds what others would find first. */
    void heedOnly(String checker) {
        only = checker;
    }

    private boolean heeds(String checker) {
        return only.isEmpty() || only.equalsIgnoreCase(checker);
    }

    void saw(long nowNs, Happening happening) {
        if (violation.isPresent()) {
            return;
        }
        count++;
        eyes.forEach(eye -> eye.saw(nowNs, happening));
        if (tells) {
            tell(nowNs, happening);
        }
        for (Checker checker : checkers) {
            try {
                checker.saw(happening);
            } catch (Checker.Broken broken) {
                if (heeds(checker.getClass().getSimpleName())) {
                    violation = Optional.of(new Violation(checker.property(), broken.getMessage()));
                    return;
                }
            }
        }
    }

    private void tell(long nowNs, Happening happening) {
        String line = nowNs / 1_000 + " us  " + REQUEST_NUMBER.matcher(happening.toString()).replaceAll("$1#");
        for (int i = 0; i < line.length(); i++) {
            digest = (digest ^ line.charAt(i)) * 0x100000001B3L;
        }
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** Only the first one counts. */
    void violated(String property, String detail) {
        if (violation.isEmpty() && heeds(property)) {
            violation = Optional.of(new Violation(property, detail));
        }
    }

    Optional<Violation> violation() {
        return violation;
    }

    long digest() {
        return digest;
    }

    long count() {
        return count;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
