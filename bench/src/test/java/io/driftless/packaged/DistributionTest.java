package io.driftless.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The folder that the build lays out is whole, holds nothing twice, and runs where it is copied to. */
class DistributionTest {

    private static final Set<String> OURS = Set.of("driftless-core", "driftless-testkit", "driftless-log-mmap",
            "driftless-transport-nio", "driftless-ops");
    private static final Set<String> CHRONICLE = Set.of("chronicle-queue", "chronicle-core", "chronicle-bytes",
            "chronicle-wire", "chronicle-threads", "posix", "jnr-constants");
    private static final Set<String> LEFT_OUT = Set.of("jna", "jna-platform", "jnr-ffi", "affinity", "compiler",
            "chronicle-analytics", "jline-native", "junit-jupiter", "junit-jupiter-api", "jmh-core");

    @TempDir
    Path folder;

    @Test
    void libHoldsOurModulesAndOfChronicleTheSevenJarsItNeeds() throws IOException {
        var artifacts = Distribution.jars("lib").stream().map(Distribution::artifact)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(OURS, artifacts.stream().filter(each -> each.startsWith("driftless-"))
                .collect(Collectors.toSet()));
        assertTrue(artifacts.containsAll(CHRONICLE), artifacts.toString());
        assertTrue(LEFT_OUT.stream().noneMatch(artifacts::contains), artifacts.toString());
        assertTrue(Distribution.jars("lib/bench").stream().anyMatch(jar -> jar.startsWith("driftless-bench-")));
    }

    @Test
    void noArtifactIsThereTwice() throws IOException {
        var seen = new HashSet<String>();
        for (String below : List.of("lib", "lib/bench")) {
            for (String jar : Distribution.jars(below)) {
                assertTrue(seen.add(Distribution.artifact(jar)), below + "/" + jar);
            }
        }
    }

    @Test
    void noPackageOfOursIsInTwoJars() throws IOException {
        var jarOf = new HashMap<String, String>();
        for (String below : List.of("lib", "lib/bench")) {
            for (String jar : Distribution.jars(below)) {
                for (String packageName : packages(Distribution.folder().resolve(below).resolve(jar))) {
                    String other = jarOf.putIfAbsent(packageName, jar);
                    assertTrue(other == null || other.equals(jar), packageName + " in " + other + " and " + jar);
                }
            }
        }
        assertTrue(jarOf.containsKey("io/driftless/raft"));
    }

    private static Set<String> packages(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream().map(entry -> entry.getName())
                    .filter(name -> name.startsWith("io/driftless/") && name.endsWith(".class"))
                    .map(name -> name.substring(0, name.lastIndexOf('/'))).collect(Collectors.toSet());
        }
    }

    @Test
    void everyJarOfOursCarriesLicenceNoticeAndModuleName() throws IOException {
        var names = new TreeSet<String>();
        for (String below : List.of("lib", "lib/bench")) {
            for (String jar : Distribution.jars(below)) {
                if (jar.startsWith("driftless-")) {
                    try (var file = new JarFile(Distribution.folder().resolve(below).resolve(jar).toFile())) {
                        assertNotNull(file.getEntry("META-INF/LICENSE"), jar);
                        assertNotNull(file.getEntry("META-INF/NOTICE"), jar);
                        String name = file.getManifest().getMainAttributes().getValue("Automatic-Module-Name");
                        assertTrue(name.startsWith("io.driftless.") && names.add(name), jar + ": " + name);
                    }
                }
            }
        }
    }

    @Test
    void theNoticeNamesEveryLibrary() throws IOException {
        String notice = Files.readString(Distribution.folder().resolve("NOTICE"));
        var missing = new ArrayList<String>();
        for (String below : List.of("lib", "lib/bench")) {
            for (String jar : Distribution.jars(below)) {
                String artifact = Distribution.artifact(jar);
                if (!artifact.startsWith("driftless-") && !notice.contains("\n  " + artifact + " ")) {
                    missing.add(artifact);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void confHasTheFlagsTheUnitAndAnExample() {
        for (String file : List.of("jvm.options", "systemd/driftless@.service", "node.properties.example")) {
            assertTrue(Files.isRegularFile(Distribution.folder().resolve("conf").resolve(file)), file);
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
    void aCopyRunsWhereItIsPut() throws Exception {
        Path copy = folder.resolve("a copy");
        var copied = Distribution.run(folder,
                List.of("cp", "-R", Distribution.folder().toString(), copy.toString()));
        assertEquals(0, copied.exit(), copied.err());
        var run = Distribution.run(folder, List.of(copy.resolve("bin/driftless").toString(), "--version"));
        assertEquals(0, run.exit(), run.err());
        assertEquals("", run.err());
        assertTrue(run.out().contains("0.1.0"), run.out());
    }
}
