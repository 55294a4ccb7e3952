package io.driftless.sim;

import io.driftless.testkit.mutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Searches for a mistake that was planted in the core. It starts from several seeds, each time in a process of its own.
 * It needs a checkout with the sources and their patches. Immutable.
 *
 * @param checkout  the top of the checkout
 * @param classPath class path of the simulator
 * @param starts    from how many seeds to start, at least 1
 * @param atMost    the longest time for one search
 */
public record MutantSearch(Path checkout, String classPath, int starts, Duration atMost) {

    private static final long APART = 1_000_003;

    /**
     * The median of the searches, by how much happened until the mistake was found. Immutable.
     *
     * @param mutant the mistake
     * @param found  whether more than half of the searches found it
     * @param by     what found it
     * @param seed   the seed that found it; 0 if it was not found
     * @param events how many things happened until then; 0 if it was not found
     */
    public record Finding(String mutant, boolean found, String by, long seed, long events) { }

    private record Search(long seed, long events) { }

    /** The patches of the planted mistakes. */
    public List<Path> patches() throws IOException {
        return Mutant.patches(checkout.resolve("core"));
    }

    /** Plants the mistake and searches for it. Its files go into {@code into}, an empty directory. */
    public Finding search(Path patch, Path into) throws IOException {
        Mutant mutant = Mutant.plant(checkout.resolve("core"), patch, classPath, into);
        boolean bySeeds = mutant.foundBy().getFirst().equals(SeedsCheck.class.getName());
        List<Search> searches = new ArrayList<>();
        for (int start = 0; start < starts; start++) {
            searches.add(search(mutant, bySeeds, 1 + start * APART, into));
        }
        searches.sort(Comparator.comparingLong(Search::events));
        Search median = searches.get(starts / 2);
        boolean found = median.events() < Long.MAX_VALUE;
        return new Finding(mutant.name(), found, bySeeds ? "sim" : "links", found ? median.seed() : 0,
                found ? median.events() : 0);
    }

    private Search search(Mutant mutant, boolean bySeeds, long seed, Path into) throws IOException {
        Path result = into.resolve("found-" + seed + ".txt");
        List<String> check = new ArrayList<>(List.of(mutant.foundBy().getFirst(), Long.toString(seed)));
        if (bySeeds) {
            check.addAll(List.of(Long.toString(APART), mutant.foundBy().size() > 3 ? mutant.foundBy().get(3)
                    : SeedsCheck.ALL, result.toString()));
        }
        List<String> options = List.of("@" + checkout.resolve(
                "log-mmap/src/main/resources/META-INF/driftless/jvm.options"), "-Xmx256m", "-XX:+UseSerialGC");
        boolean found;
        try {
            found = new Mutant(mutant.name(), check, mutant.classes()).isFound(options, classPath,
                    into.resolve("log-" + seed + ".txt"), atMost);
        } catch (IllegalStateException tooLate) {
            found = false;
        }
        if (!found) {
            return new Search(0, Long.MAX_VALUE);
        }
        if (!bySeeds) {
            return new Search(seed, 0);
        }
        List<String> lines = Files.readAllLines(result);
        return new Search(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
    }
}
