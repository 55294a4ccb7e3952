package io.driftless.ops.process;

import java.io.IOException;
import java.net.URL;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Turns the entries of a path of classes into places to load from. Each entry must be there, be readable, and be what
 * it says: a class loader would pass over it silently, and the class would only be missing. Pure but for a look at the
 * file system.
 */
final class ClassFolders {

    private ClassFolders() { }

    /** An entry that is of no use, with the reason in one line. */
    static final class UselessException extends Exception {
        private static final long serialVersionUID = 1L;

        UselessException(String entry, String why) {
            super("'" + entry + "': " + why);
        }
    }

    /** The places that an entry stands for: a jar, a folder of classes, or all jars in a folder, by their names. */
    static List<URL> of(String entry) throws UselessException {
        try {
            if (entry.equals("*") || entry.endsWith("/*")) {
                return jarsIn(entry, Path.of(entry.substring(0, entry.length() - 1)));
            }
            Path path = Path.of(entry);
            if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
                return List.of(jar(path));
            }
            requireReadable(path);
            return List.of(path.toUri().toURL());
        } catch (InvalidPathException malformed) {
            throw new UselessException(entry, "is not a path: " + malformed.getReason());
        } catch (IOException unusable) {
            // The name of a file matters only where the entry is another one, a folder of jars.
            throw new UselessException(entry, words(unusable).replace(entry + " ", "").replace(": " + entry, ""));
        }
    }

    /** The first entry that is a folder with jars in it, which are not looked into; empty if there is none. */
    static Optional<String> ofJars(List<String> entries) {
        return entries.stream().filter(ClassFolders::holdsJars).findFirst();
    }

    private static boolean holdsJars(String entry) {
        if (entry.endsWith("*") || !Files.isDirectory(Path.of(entry))) {
            return false;
        }
        try (Stream<Path> files = Files.list(Path.of(entry))) {
            return files.anyMatch(ClassFolders::isJar);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static List<URL> jarsIn(String entry, Path folder) throws IOException, UselessException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(ClassFolders::isJar).sorted().toList()) {
                jars.add(jar(file));
            }
        }
        if (jars.isEmpty()) {
            throw new UselessException(entry, "there is no jar in this folder");
        }
        return jars;
    }

    private static URL jar(Path file) throws IOException {
        requireReadable(file);
        try {
            new ZipFile(file.toFile()).close();
            return file.toUri().toURL();
        } catch (ZipException damaged) {
            throw new ZipException(file + " is no jar (" + damaged.getMessage() + ")");
        }
    }

    private static void requireReadable(Path path) throws AccessDeniedException {
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
    }

    private static boolean isJar(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
    }

    private static String words(IOException unusable) {
        return switch (unusable) {
            case NoSuchFileException absent -> "no such file or folder";
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case NotDirectoryException file -> "is not a folder";
            case ZipException damaged -> String.valueOf(damaged.getMessage());
            case IOException other -> "cannot be read: " + other.getMessage();
        };
    }
}
