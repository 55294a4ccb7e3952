package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program of {@code docs/testing-your-state-machine.md} compiles and runs; {@code .ci/run} has it outside. */
class TestingPageTest {

    private static final Path PAGE = Path.of(System.getProperty("driftless.top"),
            "docs/testing-your-state-machine.md");

    @Test
    @Timeout(180)
    void theProgramOfThePageCompilesAndRuns(@TempDir Path directory) throws IOException, ReflectiveOperationException {
        String page = Files.readString(PAGE);
        int from = page.indexOf("```java\n") + 8;
        Path source = Files.writeString(directory.resolve("Main.java"), page.substring(from, page.indexOf("```\n",
                from)));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", directory.toString(), "-cp",
                System.getProperty("java.class.path"), "--release", "21", source.toString()));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass()
                .getClassLoader())) {
            loader.loadClass("Main").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
    }
}
