package io.driftless.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build's last line adds up what was tested. */
class TestTotalsTest {

    private static final Instant START = Instant.parse("2026-01-02T00:00:00Z");

    @TempDir
    Path top;

    @Test
    void addsUpTheReportsOfThisRunAndSaysWhyTestsWereSkipped() throws IOException {
        report("core", "A", "tests=\"5\" errors=\"1\" skipped=\"0\" failures=\"1\"", "", START.plusSeconds(1));
        report("core/testkit", "B", "tests=\"3\" errors=\"0\" skipped=\"1\" failures=\"0\"",
                "<testcase><skipped message=\"no systemd\"/></testcase>", START);
        report("core", "Gone", "tests=\"100\" errors=\"0\" skipped=\"0\" failures=\"0\"", "", START.minusSeconds(1));
        assertEquals("Tests: 5 passed, 2 failed, 1 skipped\nNot tested: 1 skipped: no systemd",
                TestTotals.say(top, START, false));
    }

    @Test
    void namesTheClassesThatNeedRootUnlessTheyRan() throws IOException {
        report("ops", "A", "tests=\"1\" errors=\"0\" skipped=\"0\" failures=\"0\"", "", START);
        Path source = top.resolve("ops/src/test/java/FullDiskTest.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "@Ta" + "g(\"root\") class FullDiskTest { }");
        assertEquals("Tests: 1 passed, 0 failed, 0 skipped\n"
                + "Not tested: not run, they need root and -Ddriftless.root=true: FullDiskTest",
                TestTotals.say(top, START, false));
        assertEquals("Tests: 1 passed, 0 failed, 0 skipped", TestTotals.say(top, START, true));
    }

    private void report(String module, String name, String counts, String body, Instant time) throws IOException {
        Path file = top.resolve(module).resolve("target/surefire-reports/TEST-" + name + ".xml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "<?xml version=\"1.0\"?>\n<testsuite name=\"" + name + "\" time=\"0.1\" " + counts + ">"
                + body + "</testsuite>\n");
        Files.setLastModifiedTime(file, FileTime.from(time));
    }
}
