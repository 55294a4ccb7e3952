package io.driftless.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What would make a simulated run differ from its seed's: clocks, chance, and the order of hashes, in the simulator and
 * in the driver that it runs. The core itself is held to {@link PureCoreRules}. Pure.
 */
final class SimulationRules {

    private static final String SIMULATOR = "io.driftless.sim";
    private static final String DRIVER = "io.driftless.node";
    /** The one that brings the real clock and chance, instead of the simulator's. */
    private static final String REAL_ENGINE = "ThreadEngine.java";

    private static final Pattern CHANCE = Pattern.compile("""
            \\b(ThreadLocalRandom|SecureRandom|Instant|Clock\\s*\\.\\s*system\\w*)\\b|\\bcurrentTimeMillis\\b\
            |\\bMath\\s*\\.\\s*random\\b|\\brandomUUID\\b|\\bidentityHashCode\\b|\\bIdentityHashMap\\b\
            |\\bnew\\s+(Splittable)?Random\\s*\\(\\s*\\)|\\b(parallel|parallelStream)\\s*\\(""");
    // The driver looks things up in some of these, and nothing more.
    private static final Pattern UNORDERED = Pattern.compile("\\b(Set|Map)\\s*\\.\\s*(of|copyOf|ofEntries)\\b"
            + "|\\b(toSet|toMap|toUnmodifiableSet|toUnmodifiableMap|groupingBy)\\s*\\(");
    // The driver has it too, for what only real threads do: waiting to join, and watching a hung state machine.
    private static final Pattern NANO_TIME = Pattern.compile("\\bSystem\\s*\\.\\s*nanoTime\\b");
    private static final Pattern HASHED = Pattern.compile("\\b(\\w+)\\s*=\\s*new\\s+Hash(Map|Set)\\b");

    private SimulationRules() { }

    /** No clock and no chance but the seed's, and nothing that goes through a table by the order of its hashes. */
    static List<String> repeatability(SourceFile file) {
        String name = file.packageName();
        boolean simulator = !file.raw().test() && (name + ".").startsWith(SIMULATOR + ".");
        boolean driver = !file.raw().test()
                && (name + ".").startsWith(DRIVER + ".") && !file.raw().path().endsWith(REAL_ENGINE);
        if (!simulator && !driver) {
            return List.of();
        }
        String code = file.text().code();
        var breaches = new ArrayList<>(SourceRules.found(file, code, CHANCE, "a run depends on more than its seed"));
        if (simulator) {
            breaches.addAll(SourceRules.found(file, code, NANO_TIME, "a run depends on real time"));
            breaches.addAll(SourceRules.found(file, code, UNORDERED, "a run depends on the order of hashes"));
        }
        for (String table : HASHED.matcher(code).results().map((MatchResult match) -> match.group(1)).toList()) {
            Pattern walk = Pattern.compile("\\b" + table + "\\s*\\.\\s*(entrySet|keySet|values|forEach|stream|iterator"
                    + "|removeIf|toString|replaceAll)\\b|:\\s*" + table + "\\s*\\)");
            breaches.addAll(SourceRules.found(file, code, walk, "goes through a table by the order of its hashes"));
        }
        return breaches;
    }
}
