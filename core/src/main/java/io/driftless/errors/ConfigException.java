package io.driftless.errors;

import java.util.List;

/** A configuration with problems: all of them at once. */
public final class ConfigException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    /** Immutable. */
    private final transient List<String> problems;

    /** With one line a problem. */
    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null);
        this.problems = List.copyOf(problems);
    }

    /** The problems, one line each. */
    public List<String> problems() {
        return problems;
    }
}
