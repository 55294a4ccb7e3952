package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docs/rules.md} names tests, checkers and mutants that are there, and leaves out no rule and no mutant. */
class RulesDocumentTest {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));
    private static final int RULES = 18;
    private static final Pattern HEADING = Pattern.compile("(?m)^## ");
    private static final Pattern MUTANT = Pattern.compile("`([a-z]+(?:-[a-z]+)+)`");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w*[a-z])`");

    private final String document;

    RulesDocumentTest() throws IOException {
        document = Files.readString(TOP.resolve("docs/rules.md"));
    }

    @Test
    void everyRuleHasARowASectionABugAndWhatHoldsIt() {
        Map<String, String> sections = sections();
        for (int rule = 1; rule <= RULES; rule++) {
            assertTrue(document.contains("\n| [R" + rule + "](#r" + rule + ") |"), "no row for R" + rule);
            String section = sections.getOrDefault("R" + rule, "");
            assertTrue(section.contains("\n- **Without it** "), "no bug without R" + rule);
            assertTrue(section.contains("\n- **Held by** "), "nothing holds R" + rule);
        }
    }

    @Test
    void everyRuleIsHeldByTestsThatAreNamedAfterIt() throws IOException {
        Map<String, String> sections = sections();
        Map<String, Path> classes = classes();
        for (int rule = 1; rule <= RULES; rule++) {
            Pattern named = Pattern.compile("void r" + rule + "[A-Z]");
            boolean isHeld = named(CLASS, sections.getOrDefault("R" + rule, "")).stream()
                    .anyMatch(name -> classes.containsKey(name) && named.matcher(source(classes.get(name))).find());
            assertTrue(isHeld, "no test of the section of R" + rule + " is named after it");
        }
    }

    @Test
    void whatHoldsARuleIsThere() throws IOException {
        SortedSet<String> classes = named(CLASS, document);
        classes.removeAll(classes().keySet());
        assertEquals(new TreeSet<>(), classes, "no such classes");
        SortedSet<String> mutants = named(MUTANT, document);
        mutants.removeAll(mutants("core"));
        mutants.removeAll(mutants("log-mmap"));
        mutants.removeAll(mutants("transport-nio"));
        assertEquals(new TreeSet<>(), mutants, "no such mutants");
    }

    @Test
    void everyMutantOfTheCoreIsNamed() throws IOException {
        SortedSet<String> missing = mutants("core");
        missing.removeAll(named(MUTANT, document));
        assertEquals(new TreeSet<>(), missing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules.md", "glossary.md"})
    void linksLeadSomewhere(String page) throws IOException {
        String text = Files.readString(TOP.resolve("docs").resolve(page));
        Pattern.compile("\\]\\((?!https:)([^)#]+)").matcher(text).results().forEach(link ->
                assertTrue(Files.exists(TOP.resolve("docs").resolve(link.group(1))), link.group(1)));
    }

    private SortedMap<String, String> sections() {
        return Arrays.stream(HEADING.split(document)).skip(1).collect(Collectors.toMap(
                section -> section.lines().findFirst().orElseThrow(), section -> section, (first, again) -> {
                    throw new AssertionError("twice: " + again);
                }, TreeMap::new));
    }

    private static SortedSet<String> named(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static SortedSet<String> mutants(String module) throws IOException {
        try (Stream<Path> patches = Files.list(TOP.resolve(module).resolve("src/test/mutants"))) {
            return patches.map(patch -> patch.getFileName().toString().replace(".patch", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Map<String, Path> classes() throws IOException {
        Map<String, Path> all = new TreeMap<>();
        for (String module : new String[] {"core", "log-mmap", "transport-nio", "ops"}) {
            try (Stream<Path> files = Files.walk(TOP.resolve(module))) {
                files.filter(file -> file.toString().endsWith(".java") && !file.toString().contains("/target/"))
                        .forEach(file -> all.put(file.getFileName().toString().replace(".java", ""), file));
            }
        }
        return all;
    }

    private static String source(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
