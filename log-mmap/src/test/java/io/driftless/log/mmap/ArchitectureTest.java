package io.driftless.log.mmap;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.driftless.log.mmap");

    @Test
    void onlyTheSegmentWriterKnowsChronicle() {
        noClasses().that().doNotHaveSimpleName("SegmentWriter").should().dependOnClassesThat()
                .resideInAPackage("net.openhft..").check(classes);
    }

    @Test
    void ofCoreOnlyTheLogItsErrorsAndThreeValuesAreKnown() {
        noClasses().should().dependOnClassesThat(describe("are of another part of core", type ->
                type.getPackageName().startsWith("io.driftless.")
                && !type.getPackageName().startsWith("io.driftless.log")
                        && !type.getPackageName().equals("io.driftless.errors") && !isAllowedOfRaft(type)))
                .check(classes);
    }

    private static boolean isAllowedOfRaft(JavaClass type) {
        return type.getFullName().equals("io.driftless.raft.HardState")
                || type.getFullName().equals("io.driftless.raft.ServerId")
                || type.getFullName().equals("io.driftless.raft.SnapshotId");
    }
}
