package io.driftless.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every source file of every module keeps the rules of style. */
class SourceTreeTest {

    private static SourceTree tree;

    @BeforeAll
    static void readTheTree() throws IOException {
        tree = SourceTree.read();
    }

    @Test
    void everyModuleIsRead() {
        assertEquals(new TreeSet<>(tree.modules()),
                tree.files().stream().map(file -> file.raw().module()).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void filesHaveAtMost400LinesOfCodeAnd650InAll() {
        assertHolds(SourceRules::length);
    }

    @Test
    void methodsHaveAtMost60LinesOfCode() {
        assertHolds(SourceRules::methodLength);
    }

    @Test
    void linesHaveAtMost120CharactersAndNoTab() {
        assertHolds(SourceRules::width);
    }

    @Test
    void switchesOverTypesHaveNoDefault() {
        assertHolds(SourceRules::exhaustiveSwitches);
    }

    @Test
    void noClassIsADrawerAndNoAccessorSaysGet() {
        assertHolds(SourceRules::names);
    }

    @Test
    void librariesPrintNothing() {
        assertHolds(SourceRules::silence);
    }

    @Test
    void testsNeitherSleepNorAreSwitchedOff() {
        assertHolds(SourceRules::tests);
    }

    @Test
    void everyImportIsUsed() {
        assertHolds(SourceRules::imports);
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertHolds(SourceRules::finished);
    }

    @Test
    void whatIsCitedIsInTheRepository() {
        assertHolds(SourceRules::citations);
    }

    @Test
    void whatDocumentsCiteIsInTheRepository() throws IOException {
        List<Path> documents = SourceTree.documents();
        assertTrue(documents.size() > 100, documents.toString());
        for (Path document : documents) {
            assertTrue(SourceRules.citesOnlyWhatIsThere(Files.readString(document)), document.toString());
        }
    }

    @Test
    void theCoreIsPure() {
        assertHolds(PureCoreRules::purity);
    }

    @Test
    void aSimulatedRunDependsOnItsSeedOnly() {
        assertHolds(SimulationRules::repeatability);
    }

    @Test
    void packageInfosSayWhatThePackageIsAndAreNullMarked() {
        assertHolds(SourceRules::packageInfo);
    }

    @Test
    void everyPackageHasAPackageInfo() {
        var packages = new TreeSet<String>();
        var described = new TreeSet<String>();
        for (SourceFile file : tree.files()) {
            if (!file.raw().test()) {
                packages.add(file.packageName());
                if (file.raw().path().endsWith("/package-info.java")) {
                    described.add(file.packageName());
                }
            }
        }
        assertEquals(packages, described);
    }

    @Test
    void noPackageIsInTwoJars() {
        var moduleOf = new HashMap<String, String>();
        var breaches = new ArrayList<String>();
        for (SourceFile file : tree.files()) {
            if (!file.raw().test()) {
                String other = moduleOf.putIfAbsent(file.packageName(), file.raw().module());
                if (other != null && !other.equals(file.raw().module())) {
                    breaches.add(file.packageName() + " is in " + other + " and " + file.raw().module());
                }
            }
        }
        assertEquals(List.of(), breaches);
    }

    private static void assertHolds(Function<SourceFile, List<String>> rule) {
        var breaches = tree.files().stream().flatMap(file -> rule.apply(file).stream()).toList();
        assertTrue(breaches.isEmpty(), () -> breaches.size() + " breaches:\n" + String.join("\n", breaches));
    }
}
