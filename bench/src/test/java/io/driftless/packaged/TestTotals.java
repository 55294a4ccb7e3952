package io.driftless.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Adds up the test reports of all modules and says in one line what ran, and in a second one what did not and why. Run
 * by the build at its end, with the folder of the checkout, the moment the build started, and whether tests that need
 * root ran.
 */
final class TestTotals {

    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>");
    private static final Pattern SKIPPED = Pattern.compile("<skipped(?:\\s+message=\"([^\"]*)\")?");
    private static final Pattern ROOT = Pattern.compile("@Tag\\(\"root\"\\)");

    private int tests;
    private int failed;
    private int skipped;
    private final TreeMap<String, Integer> reasons = new TreeMap<>();

    private TestTotals() { }

    /** Prints the two lines. */
    public static void main(String[] arguments) throws IOException {
        System.out.println(say(Path.of(arguments[0]), Instant.parse(arguments[1]), Boolean.parseBoolean(arguments[2])));
    }

    /** The two lines, or one if everything ran. */
    static String say(Path top, Instant since, boolean root) throws IOException {
        var totals = new TestTotals();
        for (Path report : files(top, "/target/surefire-reports", "TEST-", ".xml")) {
            // Reports of earlier runs lie there too, of tests that may be gone.
            if (!Files.getLastModifiedTime(report).toInstant().isBefore(since)) {
                totals.add(Files.readString(report));
            }
        }
        String line = "Tests: " + (totals.tests - totals.failed - totals.skipped) + " passed, "
                + totals.failed + " failed, " + totals.skipped + " skipped";
        List<String> why = new ArrayList<>();
        totals.reasons.forEach((reason, count) -> why.add(count + " skipped: " + reason));
        if (!root) {
            var classes = new TreeSet<String>();
            for (Path source : files(top, "/src/test/java", "", ".java")) {
                if (ROOT.matcher(Files.readString(source)).find()) {
                    classes.add(source.getFileName().toString().replace(".java", ""));
                }
            }
            if (!classes.isEmpty()) {
                why.add("not run, they need root and -Ddriftless.root=true: " + String.join(", ", classes));
            }
        }
        return why.isEmpty() ? line : line + "\nNot tested: " + String.join("; ", why);
    }

    private void add(String report) {
        Matcher suite = SUITE.matcher(report);
        if (suite.find()) {
            tests += number(suite.group(), "tests");
            failed += number(suite.group(), "failures") + number(suite.group(), "errors");
            skipped += number(suite.group(), "skipped");
        }
        Matcher each = SKIPPED.matcher(report);
        while (each.find()) {
            reasons.merge(each.group(1) == null ? "no reason given" : each.group(1), 1, Integer::sum);
        }
    }

    private static int number(String element, String attribute) {
        Matcher value = Pattern.compile("\\s" + attribute + "=\"(\\d+)\"").matcher(element);
        return value.find() ? Integer.parseInt(value.group(1)) : 0;
    }

    private static List<Path> files(Path top, String folder, String start, String end) throws IOException {
        try (Stream<Path> all = Files.list(top)) {
            return all.filter(each -> !each.getFileName().toString().startsWith("."))
                    .flatMap(TestTotals::below)
                    .filter(file -> file.toString().replace('\\', '/').contains(folder + "/"))
                    .filter(file -> file.getFileName().toString().startsWith(start))
                    .filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    private static Stream<Path> below(Path folder) {
        try {
            return Files.walk(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
