package io.driftless.ops.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** Classes that are on nobody's class path, for tests: compiled when they are needed. */
final class SampleClasses {

    private SampleClasses() { }

    /** Compiles sources, each under its path, into {@code folder}, which is made; returns it. */
    @SafeVarargs
    static Path compile(Path folder, Map<String, String>... sources) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-d", Files.createDirectories(folder).toString(),
                "-proc:none", "-cp", System.getProperty("java.class.path")));
        Path written = Files.createTempDirectory(folder, "sources");
        for (Map<String, String> some : sources) {
            for (Map.Entry<String, String> source : some.entrySet()) {
                Path file = written.resolve(source.getKey());
                Files.createDirectories(file.getParent());
                arguments.add(Files.writeString(file, source.getValue()).toString());
            }
        }
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (code != 0) {
            throw new AssertionError("the compiler ended with " + code + "; see above");
        }
        return folder;
    }

    /** Packs the classes of a folder into {@code jar}; returns it. */
    static Path jar(Path folder, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> tree = Files.walk(folder)) {
            for (Path each : tree.filter(path -> path.toString().endsWith(".class")).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(each).toString()));
                Files.copy(each, zip);
            }
        }
        return jar;
    }
}
