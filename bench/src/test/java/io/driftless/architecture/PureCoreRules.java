package io.driftless.architecture;

import java.util.List;
import java.util.regex.Pattern;

/** What the pure core may not say in its source: the same events give the same effects, always. Pure. */
final class PureCoreRules {

    /** The core's package; those below it are held to the same. */
    static final String CORE = "io.driftless.raft";

    // Keywords and calls that a compiled class does not show, or only hides. The types are in DependencyRules.
    private static final Pattern IMPURE = Pattern.compile("""
            \\b(synchronized|volatile|native|transient)\\b\
            |\\b(System|Thread|Runtime|Clock|Instant|Random|ThreadLocalRandom|SecureRandom)\\b\
            |\\b(HashMap|HashSet|IdentityHashMap|WeakHashMap|ConcurrentHashMap|Hashtable)\\b\
            |\\b(Set|Map)\\s*\\.\\s*(of|copyOf|ofEntries)\\b\
            |\\b(toSet|toMap|toUnmodifiableSet|toUnmodifiableMap|groupingBy|parallel|parallelStream)\\s*\\(\
            |\\bMath\\s*\\.\\s*random\\b|\\brandomUUID\\b|\\bidentityHashCode\\b\
            |\\bLoggerFactory\\b|\\bjava\\.(io|net|nio|time|util\\.concurrent|util\\.random)\\b""");

    private PureCoreRules() { }

    /** No thread, clock, lock, randomness, log, I/O, nor anything whose order differs from one JVM to the next. */
    static List<String> purity(SourceFile file) {
        String name = file.packageName();
        boolean core = !file.raw().test() && (name.equals(CORE) || name.startsWith(CORE + "."));
        return core ? SourceRules.found(file, file.text().code(), IMPURE, "the pure core is not pure") : List.of();
    }
}
