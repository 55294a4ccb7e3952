package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program of {@code docs/clients.md}. */
class ClientsPageTest {

    private static final Pattern PROGRAM = Pattern.compile("^```java\\n(import .*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void theProgramCompiles(@TempDir Path folder) throws IOException {
        Matcher page = PROGRAM.matcher(Files.readString(
                Path.of(System.getProperty("driftless.top"), "docs", "clients.md")));
        assertTrue(page.find());
        Path classes = SampleClasses.compile(folder.resolve("classes"), Map.of("Adder.java", page.group(1)));
        assertTrue(Files.exists(classes.resolve("Adder.class")));
    }
}
