package io.driftless.architecture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All Java sources of all modules that the parent POM names. Confined to one thread.
 *
 * @param modules the modules' folders, as the POM writes them
 * @param files   every file under their src/main/java and src/test/java
 */
record SourceTree(List<String> modules, List<SourceFile> files) {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    /** Reads and parses the checkout that the build runs in. */
    static SourceTree read() throws IOException {
        return read(Path.of(System.getProperty("driftless.top")));
    }

    /** Pages, and the mutants, which begin with a sentence. */
    static List<Path> documents() throws IOException {
        Path top = Path.of(System.getProperty("driftless.top"));
        try (var walk = Files.walk(top)) {
            return walk.filter(path -> path.toString().endsWith(".md") || path.toString().endsWith(".patch"))
                    .filter(path -> !top.relativize(path).toString().contains("target" + File.separator))
                    .sorted().toList();
        }
    }

    private static SourceTree read(Path top) throws IOException {
        var modules = new ArrayList<String>();
        var raws = new ArrayList<SourceFile.Raw>();
        Matcher named = MODULE.matcher(Files.readString(top.resolve("pom.xml")));
        while (named.find()) {
            modules.add(named.group(1));
            for (boolean test : new boolean[] {false, true}) {
                collect(top, named.group(1), test, raws);
            }
        }
        return new SourceTree(modules, SourceFile.parse(raws));
    }

    private static void collect(Path top, String module, boolean test, List<SourceFile.Raw> raws) throws IOException {
        Path sources = top.resolve(module).resolve(test ? "src/test/java" : "src/main/java");
        if (!Files.isDirectory(sources)) {
            return;
        }
        try (var walk = Files.walk(sources)) {
            for (Path file : walk.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                String path = top.relativize(file).toString().replace('\\', '/');
                raws.add(new SourceFile.Raw(module, test, path, Files.readString(file)));
            }
        }
    }
}
