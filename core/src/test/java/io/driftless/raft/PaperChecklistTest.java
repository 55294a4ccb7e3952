package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the checklist of the paper's sentences and the tests together: no sentence without a test, no test of a
 * sentence that is not listed.
 */
class PaperChecklistTest {

    @Test
    void everySentenceHasATestAndEveryTestNamesASentence() throws Exception {
        Set<String> tested = new TreeSet<>();
        for (Class<?> test : testClasses()) {
            for (Method method : test.getDeclaredMethods()) {
                Paper paper = method.getAnnotation(Paper.class);
                if (paper != null) {
                    assertTrue(method.isAnnotationPresent(Test.class), method + " is no test");
                    tested.addAll(List.of(paper.value()));
                }
            }
        }
        assertEquals(new TreeSet<>(sentences()), tested);
    }

    @Test
    void everySentenceHasItsOwnId() throws IOException {
        assertEquals(sentences().size(), Set.copyOf(sentences()).size());
    }

    private static List<String> sentences() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/paper/checklist.txt")).stream().filter(line ->
                !line.startsWith("#"))
                .map(line -> line.split("\\|")).peek(parts -> assertEquals(3, parts.length, String.join("|", parts)))
                .map(parts -> parts[0].strip()).toList();
    }

    private static Set<Class<?>> testClasses() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(PaperChecklistTest.class.getResource("PaperChecklistTest.class"))
                .toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Test.class"))
                    .map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .collect(Collectors.toSet());
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(PaperChecklistTest.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
