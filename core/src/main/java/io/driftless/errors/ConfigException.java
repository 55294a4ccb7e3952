package io.driftless.errors;

import java.util.List;

/** A configuration has problems; the exception lists all of them at once. */
public final class ConfigException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    /** Immutable. */
    private final transient List<String> problems;

    /** Takes one line for each problem. */
    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null);
        this.problems = List.copyOf(problems);
    }

    /** The problems, each in one line. */
    public List<String> problems() {
        return problems;
    }
}
