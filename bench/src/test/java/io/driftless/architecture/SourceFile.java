package io.driftless.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * One Java source file, parsed. Confined to the thread that parsed it.
 *
 * @param raw       what was read
 * @param text      its code and its comments apart
 * @param tree      what the compiler's parser made of it
 * @param positions where the parts of the tree stand
 */
record SourceFile(Raw raw, SourceText text, CompilationUnitTree tree, SourcePositions positions) {

    /**
     * A source as it lies in the tree.
     *
     * @param module the module's folder, as {@code core/testkit}
     * @param test   whether it lies under src/test
     * @param path   its path from the top of the tree
     * @param source its text
     */
    record Raw(String module, boolean test, String path, String source) { }

    /** Parses sources; one that does not parse is an error here, not a breach. */
    static List<SourceFile> parse(List<Raw> raws) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var sources = raws.stream().map(InMemory::new).toList();
        var task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
        try {
            var files = new ArrayList<SourceFile>();
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            Map<URI, Raw> byUri = sources.stream().collect(Collectors.toMap(InMemory::toUri, each -> each.raw));
            for (CompilationUnitTree tree : task.parse()) {
                Raw raw = byUri.get(tree.getSourceFile().toUri());
                files.add(new SourceFile(raw, SourceText.of(raw.source()), tree, positions));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The package it declares. */
    String packageName() {
        return tree.getPackageName() == null ? "" : tree.getPackageName().toString();
    }

    /** The line that a part of the tree begins on, from 1. */
    int firstLine(Tree part) {
        return line(positions.getStartPosition(tree, part));
    }

    /** The line that a part of the tree ends on. */
    int lastLine(Tree part) {
        return line(positions.getEndPosition(tree, part));
    }

    /** Lines of code from one line to another: no comments, blank lines or imports. */
    long codeLines(int first, int last) {
        return text.code().lines().skip(first - 1L).limit(last - first + 1L)
                .filter(line -> !line.isBlank() && !line.startsWith("import ")).count();
    }

    /** Says that a rule is broken in a line of this file. */
    String breach(int line, String what) {
        return raw.path() + ":" + line + ": " + what;
    }

    private int line(long position) {
        LineMap lines = tree.getLineMap();
        return (int) lines.getLineNumber(position);
    }

    private static final class InMemory extends SimpleJavaFileObject {
        private final Raw raw;

        InMemory(Raw raw) {
            super(URI.create("tree:///" + raw.path()), JavaFileObject.Kind.SOURCE);
            this.raw = raw;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return raw.source();
        }
    }
}
