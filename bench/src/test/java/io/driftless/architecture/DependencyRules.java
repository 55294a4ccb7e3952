package io.driftless.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which package may use which: one table, in which a row names rows above it only, so there is no cycle. A package that
 * the table does not name takes the row of the nearest one around it, and a class may have a row of its own; one
 * without any row is a breach, so a new package is given its place here. Pure.
 */
final class DependencyRules {

    private static final String OURS = "io.driftless.";
    private static final String AGRONA = "org.agrona";
    private static final String SLF4J = "org.slf4j";
    private static final String CHRONICLE = "net.openhft";
    private static final String KRYO = "com.esotericsoftware";
    private static final String JACKSON = "com.fasterxml.jackson";
    private static final String JUNIT = "org.junit";

    private static final List<String> CORE =
            List.of("raft", "errors", "log", "machine", "codec", "transport", "client", "node");

    /** Package to what it may use beside the JDK and itself: ours by name below io.driftless, others by prefix. */
    static final Map<String, Set<String>> TABLE = table();

    // What the pure core may take from the JDK; the rest could bring a clock, a thread, a lock or an order by hash.
    private static final Set<String> PURE_PACKAGES = Set.of("java.lang", "java.lang.annotation", "java.lang.invoke",
            "java.lang.runtime", "java.util", "java.util.function", "java.util.stream");
    private static final Set<String> IMPURE_CLASSES = Set.of("java.lang.Thread", "java.lang.ThreadLocal",
            "java.lang.Runtime", "java.lang.System", "java.lang.Process", "java.lang.ProcessBuilder",
            "java.util.Random", "java.util.HashMap", "java.util.HashSet", "java.util.IdentityHashMap",
            "java.util.WeakHashMap", "java.util.Hashtable", "java.util.Date", "java.util.Timer", "java.util.TimeZone",
            "java.util.Calendar");

    private DependencyRules() { }

    private static Map<String, Set<String>> table() {
        var table = new LinkedHashMap<String, Set<String>>();
        table.put("raft", Set.of("org.agrona.collections"));
        table.put("errors", Set.of());
        table.put("machine", Set.of());
        table.put("concurrent", Set.of());
        table.put("log", Set.of("raft", "errors", AGRONA, SLF4J));
        table.put("codec", Set.of("raft", "errors", "log", AGRONA, SLF4J));
        table.put("session", Set.of("log", "machine", "codec"));
        table.put("codec.kryo", Set.of("raft", "errors", "log", "codec", AGRONA, KRYO));
        table.put("codec.json", Set.of("raft", "errors", "log", "codec", AGRONA, JACKSON));
        table.put("transport", Set.of("raft", "errors", "log", "machine", "codec", AGRONA, SLF4J));
        table.put("client", Set.of("concurrent", "raft", "errors", "log", "machine", "transport", SLF4J));
        table.put("node", with(CORE, AGRONA, SLF4J));
        table.put("node.driver", with(CORE, "concurrent", "session", AGRONA, SLF4J));
        // The one class of the API that knows how it works.
        table.put("node.RaftNode", with(CORE, "node.driver", SLF4J));

        // Of core the log sees the SPI it implements, and the values and errors that the SPI names.
        table.put("log.mmap", Set.of("log", "raft", "errors", CHRONICLE, AGRONA, SLF4J));
        table.put("transport.nio",
                Set.of("raft", "errors", "log", "machine", "codec", "transport", "concurrent", AGRONA, SLF4J));

        table.put("testkit", with(CORE, "node.driver", AGRONA, SLF4J));
        table.put("testkit.mutants", Set.of());
        table.put("testkit.junit", with(CORE, "testkit", AGRONA, JUNIT));
        table.put("tck", with(CORE, "session", "testkit", "testkit.mutants", AGRONA, JUNIT));
        table.put("sim.history", Set.of("log"));
        table.put("sim", with(CORE, "node.driver", "sim.history", "testkit", "testkit.mutants", AGRONA, SLF4J));

        String[] libraries =
                {"log.mmap", "transport.nio", "testkit", "sim", "codec.kryo", "codec.json", JACKSON, AGRONA, SLF4J};
        table.put("ops", with(with(CORE, libraries), "picocli", "org.jline", "org.HdrHistogram"));

        // One benchmark knows nothing of another; only what starts them knows them all.
        table.put("bench.run", Set.of("ops", "picocli", "org.openjdk.jmh"));
        table.put("bench.commit", Set.of("bench.run", "log", "machine", "transport", "client", "transport.nio", "ops",
                "picocli", JACKSON, "org.openjdk.jmh"));
        table.put("bench.idle", Set.of("bench.run", "ops", "picocli", JACKSON));
        table.put("bench.failover", Set.of("bench.run", "log", "ops", "picocli", JACKSON));
        table.put("bench.log",
                Set.of("bench.run", "log", "log.mmap", "ops", "picocli", JACKSON, AGRONA, "org.openjdk.jmh"));
        table.put("bench.snapshot", Set.of("bench.run", "log", "machine", "client", "ops", "picocli", JACKSON,
                "org.HdrHistogram"));
        table.put("bench", Set.of("bench.run", "bench.commit", "bench.failover", "bench.idle", "bench.log",
                "bench.snapshot", "ops", "picocli"));
        return table;
    }

    private static Set<String> with(Iterable<String> some, String... more) {
        var all = new TreeSet<String>();
        some.forEach(all::add);
        all.addAll(List.of(more));
        return all;
    }

    /** Every use of a class that the table does not allow. */
    static List<String> arrows(JavaClasses classes, Map<String, Set<String>> table) {
        var breaches = new TreeSet<String>();
        for (JavaClass each : classes) {
            String row = row(outermost(each), table.keySet());
            if (row == null) {
                breaches.add(each.getPackageName() + " has no row in the table of packages");
                continue;
            }
            for (Dependency use : each.getDirectDependenciesFromSelf()) {
                String target = use.getTargetClass().getBaseComponentType().getPackageName();
                if (!allowed(row, target, table)) {
                    breaches.add(each.getName() + " uses " + use.getTargetClass().getBaseComponentType().getName());
                }
            }
        }
        return new ArrayList<>(breaches);
    }

    /** Every package of ours that a row allows and that stands below it, or nowhere: the table would have a cycle. */
    static List<String> upward(Map<String, Set<String>> table) {
        var breaches = new ArrayList<String>();
        var above = new TreeSet<String>();
        for (Map.Entry<String, Set<String>> row : table.entrySet()) {
            for (String used : new TreeSet<>(row.getValue())) {
                if (table.containsKey(used) && !used.equals(row.getKey()) && !above.contains(used)) {
                    breaches.add(row.getKey() + " may use " + used + ", which stands below it");
                }
            }
            above.add(row.getKey());
        }
        return breaches;
    }

    private static boolean allowed(String row, String target, Map<String, Set<String>> table) {
        // No package: a primitive type.
        if (target.isEmpty() || isJdk(target) || target.startsWith("org.jspecify.")) {
            return true;
        }
        if (target.startsWith(OURS)) {
            String other = row(target, table.keySet());
            return row.equals(other) || (other != null && table.get(row).contains(other));
        }
        return table.get(row).stream().anyMatch(prefix -> target.equals(prefix) || target.startsWith(prefix + "."));
    }

    private static String outermost(JavaClass each) {
        int inner = each.getName().indexOf('$');
        return inner < 0 ? each.getName() : each.getName().substring(0, inner);
    }

    /** The longest row that a class or a package belongs to, or null. */
    private static @Nullable String row(String full, Set<String> rows) {
        if (!full.startsWith(OURS)) {
            return null;
        }
        String name = full.substring(OURS.length());
        while (!rows.contains(name)) {
            int dot = name.lastIndexOf('.');
            if (dot < 0) {
                return null;
            }
            name = name.substring(0, dot);
        }
        return name;
    }

    /** Every use by the core (the package of that name and those below it) of what the JDK has that is not pure. */
    static List<String> purity(JavaClasses classes, String core) {
        var breaches = new TreeSet<String>();
        for (JavaClass each : classes) {
            if (!each.getPackageName().equals(core) && !each.getPackageName().startsWith(core + ".")) {
                continue;
            }
            for (Dependency use : each.getDirectDependenciesFromSelf()) {
                JavaClass target = use.getTargetClass().getBaseComponentType();
                String name = target.getPackageName();
                if (isJdk(name) && (!PURE_PACKAGES.contains(name) || IMPURE_CLASSES.contains(target.getName()))) {
                    breaches.add(each.getName() + " uses " + target.getName());
                }
            }
        }
        return new ArrayList<>(breaches);
    }

    private static boolean isJdk(String packageName) {
        return Stream.of("java.", "javax.", "jdk.", "com.sun.").anyMatch(packageName::startsWith);
    }
}
