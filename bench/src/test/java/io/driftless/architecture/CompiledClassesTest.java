package io.driftless.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The compiled classes of all modules use only what they may. */
class CompiledClassesTest {

    private static JavaClasses classes;

    @BeforeAll
    static void importTheClasses() {
        classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.driftless");
    }

    @Test
    void classesOfEveryModuleAreFound() {
        for (String module : List.of("raft", "testkit", "log.mmap", "transport.nio", "ops", "bench")) {
            assertTrue(classes.contain("io.driftless." + module + ".package-info"), module);
        }
    }

    @Test
    void arrowsPointDownOnly() {
        assertHolds(DependencyRules.arrows(classes, DependencyRules.TABLE));
    }

    @Test
    void thePackagesHaveNoCycle() {
        assertHolds(DependencyRules.upward(DependencyRules.TABLE));
    }

    @Test
    void theCoreUsesValuesOfTheJdkOnly() {
        assertHolds(DependencyRules.purity(classes, PureCoreRules.CORE));
    }

    @Test
    void publicSignaturesNameNoLibrary() {
        assertHolds(SignatureRules.signatures(classes, SignatureRules.ALLOWED));
    }

    @Test
    void nothingDependsOnTheLocale() {
        assertHolds(LocaleRules.defaultLocale(classes));
    }

    private static void assertHolds(List<String> breaches) {
        assertEquals("", String.join("\n", breaches), breaches.size() + " breaches");
    }
}
