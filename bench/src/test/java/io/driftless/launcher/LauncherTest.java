package io.driftless.launcher;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.launcher.Sandbox.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher finds a JDK, builds a checkout when it must and a copy never, and becomes java. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
class LauncherTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void makeTheSandbox() throws IOException {
        sandbox = new Sandbox(folder);
    }

    @Test
    void becomesJavaWithTheFlagsOfTheCopyItLiesIn() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21.0.2");
        Path home = sandbox.top().resolve("a copy");
        Run run = sandbox.run(sandbox.copy(home), "kv", "put", "k", "two words", "");

        List<String> arguments = run.arguments();
        assertEquals("@" + home + "/conf/jvm.options", arguments.getFirst());
        assertTrue(arguments.contains("-Xmx512m"));
        assertTrue(arguments.contains("-XX:+ExitOnOutOfMemoryError"));
        assertEquals(List.of("-cp", home + "/lib/*", "io.driftless.ops.Driftless", "kv", "put", "k", "two words", ""),
                arguments.subList(arguments.indexOf("-cp"), arguments.size()));
        assertEquals("", run.err());
        assertEquals(0, run.exit());
    }

    @Test
    void followsSymbolicLinksFromAnyFolder() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Path home = sandbox.top().resolve("copy");
        sandbox.copy(home);
        Path elsewhere = Files.createDirectories(sandbox.top().resolve("usr/bin"));
        Path relative = Files.createSymbolicLink(elsewhere.resolve("one"), Path.of("../../copy/bin/driftless"));
        Path absolute = Files.createSymbolicLink(sandbox.top().resolve("two"), relative);

        Run run = sandbox.run(absolute);
        assertTrue(run.arguments().contains(home + "/lib/*"), run.toString());
    }

    @Test
    void isReplacedByJavaSoThatASignalReachesIt() throws Exception {
        Path jdk = sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\necho $$\n");
        Path out = sandbox.top().resolve("out");
        Path err = sandbox.top().resolve("err");
        Process process = sandbox.start(sandbox.copy(sandbox.top().resolve("copy")), sandbox.top(), out, err);
        assertEquals(Long.toString(process.pid()), Sandbox.end(process, out, err).out().strip());
    }

    @Test
    void sendsBenchToTheBenchmarksWithTheirJars() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Path home = sandbox.top().resolve("copy");
        Path launcher = sandbox.copy(home);
        List<String> arguments = sandbox.run(launcher, "bench", "commit", "--json").arguments();
        assertEquals(List.of(home + "/lib/*:" + home + "/lib/bench/*", "io.driftless.bench.Bench", "commit", "--json"),
                arguments.subList(arguments.indexOf("-cp") + 1, arguments.size()));

        Files.delete(home.resolve("lib/bench"));
        Run without = sandbox.run(launcher, "bench");
        assertEquals(2, without.exit());
        assertEquals(1, without.err().lines().count(), without.err());
    }

    @Test
    void appendsTheUsersFlagsSoThatTheyWin() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        sandbox.with("DRIFTLESS_JAVA_OPTS", "-Xmx2g  -Dglob=*\n-Dx=y");
        List<String> arguments = sandbox.run(sandbox.copy(sandbox.top().resolve("copy"))).arguments();
        int first = arguments.indexOf("-Xmx2g");
        assertTrue(first > arguments.indexOf("-Xmx512m"));
        assertEquals(List.of("-Xmx2g", "-Dglob=*", "-Dx=y", "-cp"), arguments.subList(first, first + 4));
    }

    @Test
    void startsShortCommandsLightlyAndLongOnesInFull() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Path launcher = sandbox.copy(sandbox.top().resolve("copy"));
        for (List<String> command : List.of(List.of("kv", "get", "k"), List.of("status"), List.<String>of())) {
            Run run = sandbox.run(launcher, command.toArray(String[]::new));
            assertTrue(run.arguments().contains("-XX:TieredStopAtLevel=1"), command.toString());
        }
        for (String command : List.of("kv load", "node", "demo", "bench")) {
            Run run = sandbox.run(launcher, command.split(" "));
            assertFalse(run.arguments().contains("-XX:TieredStopAtLevel=1"), command);
        }
    }

    @Test
    void leavesTheCollectorToAUserWhoChoosesOne() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Path launcher = sandbox.copy(sandbox.top().resolve("copy"));
        assertTrue(sandbox.run(launcher, "status").arguments().contains("-XX:+UseSerialGC"));
        sandbox.with("DRIFTLESS_JAVA_OPTS", "-Xmx1g -XX:+UseZGC");
        List<String> arguments = sandbox.run(launcher, "status").arguments();
        assertFalse(arguments.contains("-XX:+UseSerialGC"), arguments.toString());
        assertTrue(arguments.contains("-XX:+UseZGC"), arguments.toString());
    }

    @Test
    void setsALocaleInUtf8AndEnglishWhereThereIsOne() throws Exception {
        Path jdk = sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\necho \"$LC_ALL\"\n");
        Path launcher = sandbox.copy(sandbox.top().resolve("copy"));
        Path locale = sandbox.tool("locale", "echo UTF-8");
        sandbox.with("LANG", "xx_XX.UTF-8");
        assertEquals("C.UTF-8\n", sandbox.run(launcher).out());
        sandbox.tool("locale", "echo ANSI_X3.4-1968");
        assertEquals("\n", sandbox.run(launcher).out());
        Files.delete(locale);
        assertEquals("C.UTF-8\n", sandbox.run(launcher).out());
    }

    @Test
    void takesTheNewestJdk() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("old"), "1.8.0_402");
        sandbox.jdk(sandbox.jvms().resolve("lts"), "21.0.10");
        sandbox.jdk(sandbox.jvms().resolve("newest"), "25.0.12");
        sandbox.jdk(sandbox.jvms().resolve("newer"), "25.0.3");
        Files.createDirectories(sandbox.jvms().resolve("empty"));
        Files.createSymbolicLink(sandbox.jvms().resolve("dangling"), Path.of("nowhere"));
        Path launcher = sandbox.copy(sandbox.top().resolve("copy"));
        assertEquals("newest", sandbox.run(launcher).java());

        sandbox.with("JAVA_HOME", sandbox.jdk(sandbox.top().resolve("home"), "17.0.15"));
        assertEquals("newest", sandbox.run(launcher).java());
        sandbox.with("JAVA_HOME", sandbox.jdk(sandbox.top().resolve("home"), "26-ea"));
        assertEquals("home", sandbox.run(launcher).java());

        Path on = sandbox.jdk(sandbox.top().resolve("on-path"), "27");
        Files.createSymbolicLink(sandbox.top().resolve("path/java"), on.resolve("bin/java"));
        assertEquals("on-path", sandbox.run(launcher).java());
    }

    @Test
    void takesTheJdkThatTheUserNamesUnlessItIsTooOld() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("newest"), "25.0.3");
        Path launcher = sandbox.copy(sandbox.top().resolve("copy"));
        sandbox.with("DRIFTLESS_JAVA_HOME", sandbox.jdk(sandbox.top().resolve("named"), "21.0.2"));
        assertEquals("named", sandbox.run(launcher).java());

        sandbox.with("DRIFTLESS_JAVA_HOME", sandbox.jdk(sandbox.top().resolve("named"), "17.0.15"));
        Run run = sandbox.run(launcher);
        assertEquals("newest", run.java());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void asksAJavaThatHasNoReleaseFile() throws Exception {
        Path jdk = sandbox.jdk(sandbox.jvms().resolve("a"), "25");
        Files.delete(jdk.resolve("release"));
        Files.writeString(jdk.resolve("bin/java"), """
                #!/bin/sh
                [ "$1" != -version ] || { echo 'openjdk version "21.0.1" 2023-10-17' >&2; exit; }
                printf '%s\\n' "$0" "$@"
                """);
        assertEquals("a", sandbox.run(sandbox.copy(sandbox.top().resolve("copy"))).java());
    }

    @Test
    void saysInOneLineThatThereIsNoJdk() throws Exception {
        Path launcher = sandbox.copy(sandbox.top().resolve("copy"));
        Run none = sandbox.run(launcher);
        assertEquals(2, none.exit());
        assertEquals(1, none.err().lines().count(), none.err());

        sandbox.with("JAVA_HOME", sandbox.jdk(sandbox.top().resolve("home"), "17.0.15"));
        Run old = sandbox.run(launcher);
        assertEquals(2, old.exit());
        assertEquals(1, old.err().lines().count(), old.err());
        assertTrue(old.err().contains("no JDK 21 or newer") && old.err().contains("17.0.15"), old.err());
    }

    @Test
    void saysInOneLineThatThereIsNoMvn() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Run run = sandbox.run(sandbox.checkout(sandbox.top().resolve("checkout")), "status");
        assertEquals(2, run.exit());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("no mvn"), run.err());
    }

    @Test
    void neverBuildsACopy() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        sandbox.mvn("");
        Path home = sandbox.top().resolve("copy");
        Path launcher = sandbox.copy(home);
        Files.writeString(sandbox.top().resolve("pom.xml"), "");
        Files.setLastModifiedTime(home.resolve("lib"), FileTime.from(Instant.EPOCH));
        assertEquals(0, sandbox.run(launcher).exit());

        Files.delete(home.resolve("conf/jvm.options"));
        Run broken = sandbox.run(launcher);
        assertEquals(2, broken.exit());
        assertEquals(1, broken.err().lines().count(), broken.err());
        assertEquals(0, sandbox.builds());
    }

    @Test
    void buildsACheckoutWhenASourceIsNewerThanWhatIsBuilt() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        sandbox.mvn("");
        Path top = sandbox.top().resolve("checkout");
        Path launcher = sandbox.checkout(top);
        Run first = sandbox.run(launcher, "status");
        assertEquals(0, first.exit(), first.err());
        assertEquals(1, sandbox.builds());
        assertTrue(Files.readString(sandbox.mvnLog()).endsWith(" -DskipTests package in " + top + "\n"));
        assertTrue(first.err().contains("Driftless core"), "progress goes to stderr: " + first.err());
        assertTrue(first.arguments().contains(top + "/ops/target/driftless/lib/*"), first.out());

        Run second = sandbox.run(launcher, "status");
        assertEquals("", second.err());
        assertEquals(1, sandbox.builds());

        FileTime future = FileTime.from(Instant.now().plusSeconds(3600));
        for (String changed : List.of("core/src/main/java/A.java", "core/testkit/pom.xml", "pom.xml")) {
            long before = sandbox.builds();
            FileTime was = Files.getLastModifiedTime(top.resolve(changed));
            Files.setLastModifiedTime(top.resolve(changed), future);
            assertEquals(0, sandbox.run(launcher, "status").exit());
            assertEquals(before + 1, sandbox.builds(), changed);
            Files.setLastModifiedTime(top.resolve(changed), was);
        }

        Files.delete(top.resolve("core/src/main/java/B.java"));
        Files.setLastModifiedTime(top.resolve("core/src/main/java"), future);
        assertEquals(0, sandbox.run(launcher, "status").exit());
        assertEquals(5, sandbox.builds(), "a file was deleted");
    }

    @Test
    void seesASourceThatWasEditedDuringTheBuild() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        sandbox.mvn("[ -e edited ] || { sleep 0.1; touch edited core/src/main/java/A.java; }");
        Path launcher = sandbox.checkout(sandbox.top().resolve("checkout"));
        assertEquals(0, sandbox.run(launcher).exit());
        assertEquals(0, sandbox.run(launcher).exit());
        assertEquals(2, sandbox.builds());
        assertEquals(0, sandbox.run(launcher).exit());
        assertEquals(2, sandbox.builds());
    }

    @Test
    void showsWhatWentWrongInABuild() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        sandbox.mvn("echo '[ERROR] A.java:[1,1] no'; exit 1");
        Run run = sandbox.run(sandbox.checkout(sandbox.top().resolve("checkout")), "status");
        assertEquals(1, run.exit());
        assertEquals("", run.out());
        assertTrue(run.err().contains("[ERROR] A.java:[1,1] no") && run.err().contains("build.log"), run.err());
    }

    @Test
    void leavesStandardInputToTheCommand() throws Exception {
        Path jdk = sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\ncat\n");
        sandbox.mvn("cat");
        Path out = sandbox.top().resolve("out");
        Path err = sandbox.top().resolve("err");
        Path launcher = sandbox.checkout(sandbox.top().resolve("checkout"));
        Process process = sandbox.start(launcher, sandbox.top(), out, err, "kv", "shell");
        try (var in = process.getOutputStream()) {
            in.write("get k\n".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals("get k\n", Sandbox.end(process, out, err).out());
    }

    @Test
    void buildsOnceWhenTwoStartAtTheSameTime() throws Exception {
        sandbox.jdk(sandbox.jvms().resolve("a"), "21");
        sandbox.mvn("while [ ! -e go ]; do sleep 0.05; done");
        Path top = sandbox.top().resolve("checkout");
        Path launcher = sandbox.checkout(top);
        Path[] files = new Path[4];
        for (int i = 0; i < files.length; i++) {
            files[i] = sandbox.top().resolve("file" + i);
        }
        Process first = sandbox.start(launcher, top, files[0], files[1], "status");
        await().atMost(PATIENCE).until(() -> sandbox.builds() == 1);
        Process second = sandbox.start(launcher, top, files[2], files[3], "status");
        await().atMost(PATIENCE).until(() -> Files.readString(files[3]).contains("waiting for another build"));
        Files.writeString(top.resolve("go"), "");
        assertEquals(0, Sandbox.end(first, files[0], files[1]).exit());
        assertEquals(0, Sandbox.end(second, files[2], files[3]).exit());
        assertEquals(1, sandbox.builds());
    }
}
