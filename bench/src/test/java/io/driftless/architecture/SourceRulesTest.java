package io.driftless.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each rule over the sources finds a deliberate breach, and nothing in a file that keeps it. */
class SourceRulesTest {

    private static final String KEPT = """
            package io.driftless.raft;

            import java.util.List;

            /** Says "HashMap", Thread.sleep and System.out only in words. */
            final class Kept {
                private static final String WORDS = "TODO \\" // System.out default ->";
                private static final char QUOTE = '"';

                int sizeOf(List<Shape> shapes) {
                    Shape shape = shapes.getFirst();
                    return switch (shape) {
                        case Circle circle -> 1;
                        case Square square -> 2;
                    };
                }
            }
            """;

    @Test
    void aFileThatKeepsAllRulesHasNoBreach() {
        List<Function<SourceFile, List<String>>> rules = List.of(SourceRules::length, SourceRules::width,
                SourceRules::methodLength, SourceRules::exhaustiveSwitches, SourceRules::names, SourceRules::silence,
                SourceRules::tests, SourceRules::imports, SourceRules::finished, SourceRules::citations,
                SourceRules::packageInfo, PureCoreRules::purity);
        for (var rule : rules) {
            assertEquals(0, breaches(rule, KEPT));
        }
    }

    @Test
    void findsAFileThatIsTooLong() {
        String code = "class A {\n" + "int a;\n".repeat(398) + "}\n";
        assertEquals(0, breaches(SourceRules::length, code));
        assertEquals(0, breaches(SourceRules::length, "// A comment.\nimport java.util.List;\n\n" + code));
        assertEquals(1, breaches(SourceRules::length, code + "interface B { }\n"));
        assertEquals(1, breaches(SourceRules::length, "class A { }\n" + "// A comment.\n".repeat(650)));
    }

    @Test
    void findsALineThatIsTooWide() {
        assertEquals(0, breaches(SourceRules::width, "//" + "x".repeat(118) + "\n"));
        assertEquals(1, breaches(SourceRules::width, "//" + "x".repeat(119) + "\n"));
        assertEquals(1, breaches(SourceRules::width, "class A {\n\tint a;\n}\n"));
    }

    @Test
    void findsAMethodThatIsTooLong() {
        assertEquals(0, breaches(SourceRules::methodLength, "class A { void a() {\n" + "b();\n".repeat(58) + "} }\n"));
        assertEquals(1, breaches(SourceRules::methodLength, "class A { void a() {\n" + "b();\n".repeat(59) + "} }\n"));
        assertEquals(1, breaches(SourceRules::methodLength, "class A { A() {\n" + "b();\n".repeat(59) + "} }\n"));
    }

    @Test
    void findsADefaultInASwitchOverTypes() {
        String start = "class A { int a(Object o) { return switch (o) { case Message.PreVote vote -> 1; ";
        assertEquals(1, breaches(SourceRules::exhaustiveSwitches, start + "default -> 2; }; } }\n"));
        assertEquals(1, breaches(SourceRules::exhaustiveSwitches, start + "case null, default -> 2; }; } }\n"));
        assertEquals(1, breaches(SourceRules::exhaustiveSwitches,
                "class A { void a(Object o) { switch (o) { case Vote(long term): b(); break; default: c(); } } }\n"));
        assertEquals(0, breaches(SourceRules::exhaustiveSwitches,
                "class A { int a(int i) { return switch (i) { case 1 -> 1; default -> 2; }; } }"));
        assertEquals(0, breaches(SourceRules::exhaustiveSwitches, "class A { int a(Throwable t) { return switch (t) { "
                + "case IOException e -> 1; case LogException e -> 2; default -> 3; }; } }"));
    }

    @Test
    void findsForbiddenNames() {
        assertEquals(4, breaches(SourceRules::names,
                "class LogImpl { } class PeerManager { } class Utils { } class TestHelper { }\n"));
        assertEquals(0, breaches(SourceRules::names, "class Implication { } class Utility { }\n"));
        assertEquals(1, breaches(SourceRules::names, "record A() { int getTerm() { return 1; } }\n"));
        assertEquals(1, breaches(SourceRules::names, "interface A { int getTerm(); }\n"));
        assertEquals(1, breaches(SourceRules::names, "class A { public int getTerm() { return 1; } }\n"));
        assertEquals(0, breaches(SourceRules::names, "class A { int getInt() { return 1; } }\n"));
        assertEquals(0, breaches(SourceRules::names,
                "class A { @Override public String getMessage() { return b; } int get() { return 1; } }\n"));
    }

    @Test
    void findsALibraryThatPrints() {
        assertEquals(1, breaches(SourceRules::silence, "class A { void a() { System.out.println(); } }\n"));
        assertEquals(1, breaches(SourceRules::silence, "class A { void a() { e.printStackTrace(); } }\n"));
        SourceFile command = parsed("ops", false, "class A { void a() { System.out.println(); } }\n");
        assertEquals(List.of(), SourceRules.silence(command));
    }

    @Test
    void findsATestThatSleepsOrIsSwitchedOff() {
        String sleeps = "class A { @Disabled void a() { Thread.sleep(1); } }\n";
        assertEquals(2, SourceRules.tests(parsed("core", true, sleeps)).size());
        assertEquals(0, SourceRules.tests(parsed("core", false, sleeps)).size());
    }

    @Test
    void findsAnImportThatIsNotUsed() {
        String start = "import java.util.List;\nimport static java.lang.Math.max;\n";
        assertEquals(2, breaches(SourceRules::imports, start + "class A { String a = \"List max\"; Listed b; }\n"));
        assertEquals(0, breaches(SourceRules::imports, start + "class A { List<A> a; int b = max(1, 2); }\n"));
        assertEquals(1, breaches(SourceRules::imports, start + "/** See {@link List}. */\nclass A { }\n"));
    }

    @Test
    void findsACitationOfADocumentThatIsNotThere() {
        assertEquals(1, breaches(SourceRules::citations, "/** The clock (DESIGN" + " §6). */\nclass A { }\n"));
        assertEquals(1, breaches(SourceRules::citations, "// measured: FACTS" + ".md\nclass A { }\n"));
    }

    @Test
    void findsACommentThatSaysUnfinished() {
        assertEquals(1, breaches(SourceRules::finished, "// TODO later\nclass A { }\n"));
        assertEquals(1, breaches(SourceRules::finished, "/* later: FIXME */ class A { }\n"));
    }

    @Test
    void findsAnImpureCore() {
        for (String impure : List.of("synchronized (b) { c(); }", "System.nanoTime();", "new HashMap<>();",
                "Set.of(1, 2);", "Map.copyOf(b);", "Math.random();", "UUID.randomUUID();", "b.collect(toSet());",
                "java.time.Duration.ZERO.toNanos();", "Thread.onSpinWait();", "java.nio.ByteBuffer.allocate(1);",
                "new Random(1).nextInt();", "list.parallelStream();")) {
            String core = "package io.driftless.raft; class A { void a() { " + impure + " } }";
            assertNotEquals(0, breaches(PureCoreRules::purity, core), impure);
        }
        String inner = "package io.driftless.raft.inner; class A { volatile int a; }";
        assertEquals(1, breaches(PureCoreRules::purity, inner));
        assertEquals(0, breaches(PureCoreRules::purity, inner.replace("raft.inner", "node")));
    }

    @Test
    void findsWhatMakesASimulatedRunDependOnMoreThanItsSeed() {
        for (String chance : List.of("System.nanoTime();", "System.currentTimeMillis();", "new Random();",
                "Math.random();", "java.time.Instant.now();", "ThreadLocalRandom.current();",
                "System.identityHashCode(a);", "list.parallelStream();", "var t = new HashMap<A, B>(); t.values();",
                "Set<A> t = new HashSet<>(); for (A a : t) { }")) {
            String simulated = "package io.driftless.sim; class A { void a() { " + chance + " } }";
            assertNotEquals(0, breaches(SimulationRules::repeatability, simulated), chance);
            assertNotEquals(0, breaches(SimulationRules::repeatability, simulated.replace(".sim;", ".sim.history;")),
                    chance);
        }
        String lookup = "package io.driftless.sim; class A { Set<A> t = new HashSet<>(); boolean b = t.add(this); }";
        assertEquals(0, breaches(SimulationRules::repeatability, lookup));
        String driver = "package io.driftless.node; class A { long a = System.currentTimeMillis(); }";
        assertEquals(1, breaches(SimulationRules::repeatability, driver));
        assertEquals(0, breaches(SimulationRules::repeatability, driver.replace("node", "transport")));
    }

    @Test
    void findsAPackageInfoThatSaysTooLittle() {
        String said = "/**\n * API: what.\n" + " * More.\n".repeat(6)
                + " */\n@NullMarked\npackage io.driftless.x;\n";
        assertEquals(0, SourceRules.packageInfo(packageInfo(said)).size());
        assertEquals(1, SourceRules.packageInfo(packageInfo(said.replace("API: what", "What"))).size());
        assertEquals(1, SourceRules.packageInfo(packageInfo(said.replace("@NullMarked", ""))).size());
        String little = "/** SPI. */\n@NullMarked\npackage io.driftless.x;\n";
        assertEquals(1, SourceRules.packageInfo(packageInfo(little)).size());
    }

    private static int breaches(Function<SourceFile, List<String>> rule, String source) {
        return rule.apply(parsed("core", false, source)).size();
    }

    private static SourceFile parsed(String module, boolean test, String source) {
        return SourceFile.parse(List.of(new SourceFile.Raw(module, test, "A.java", source))).getFirst();
    }

    private static SourceFile packageInfo(String source) {
        return SourceFile.parse(List.of(new SourceFile.Raw("core", false, "x/package-info.java", source))).getFirst();
    }
}
