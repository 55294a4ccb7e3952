package io.driftless.bench.run;

import io.driftless.ops.console.CommandFailedException;
import java.util.List;
import java.util.function.Function;

/** The parts of a benchmark that {@code --only} selects. Pure. */
public final class Parts {

    private Parts() { }

    /**
     * Those of {@code all} whose names are in {@code only}, in their order; all of them if that is empty.
     *
     * @throws CommandFailedException as bad usage, if there is none of some name
     */
    public static <T> List<T> chosen(List<T> all, Function<T, String> name, List<String> only) {
        List<String> names = all.stream().map(name).toList();
        only.stream().filter(wanted -> !names.contains(wanted)).findFirst().ifPresent(unknown -> {
            throw CommandFailedException.usage("--only: there is no part " + unknown + "; there are " + names);
        });
        return only.isEmpty() ? all : all.stream().filter(part -> only.contains(name.apply(part))).toList();
    }
}
