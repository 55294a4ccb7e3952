package io.driftless.ops.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Does harm to the log of a node that does not run. Reads as much of the format as that takes: a file is a sequence of
 * documents, each a header of 4 bytes with its length, then the content (docs/log-format.md).
 */
final class Damage {

    private static final int LENGTH_MASK = 0x3fff_ffff;
    private static final int METADATA = 0x4000_0000;
    private static final int NOT_COMPLETE = 0x8000_0000;
    /** Of a record, before its payload. */
    private static final int RECORD_BYTES = 72;
    private static final int TORN_BYTES = 200;

    /** The contents of all records but the one that begins the segment, and the end of all. */
    private record Documents(List<Integer> at, List<Integer> lengths, int end) { }

    private Damage() { }

    /** Cuts the newest file with records short in the middle of them; the file. */
    static Path truncate(Path data, Random random) throws IOException {
        Path file = newest(data);
        Documents documents = documents(file);
        int which = random.nextInt(documents.at.size());
        try (RandomAccessFile writing = new RandomAccessFile(file.toFile(), "rw")) {
            writing.setLength(documents.at.get(which) + random.nextInt(documents.lengths.get(which)));
        }
        return file;
    }

    /** Flips one bit of one record in the newest file that has any; the file. */
    static Path flip(Path data, Random random) throws IOException {
        Path file = newest(data);
        Documents documents = documents(file);
        int which = random.nextInt(documents.at.size());
        int at = documents.at.get(which) + random.nextInt(documents.lengths.get(which));
        try (RandomAccessFile writing = new RandomAccessFile(file.toFile(), "rw")) {
            writing.seek(at);
            int before = writing.read();
            writing.seek(at);
            writing.write(before ^ 1 << random.nextInt(Byte.SIZE));
        }
        return file;
    }

    /**
     * Leaves behind the last record what a kill in the middle of the next one leaves. A prepared segment holds no
     * record, and nobody reads it: whatever lies in it would never be found.
     */
    static void tear(Path data, Random random) throws IOException {
        Path file = newest(data);
        int end = documents(file).end;
        ByteBuffer torn = ByteBuffer.allocate(4 + RECORD_BYTES + random.nextInt(TORN_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        random.nextBytes(torn.array());
        torn.putInt(0, NOT_COMPLETE | torn.capacity() - 4);
        try (RandomAccessFile writing = new RandomAccessFile(file.toFile(), "rw")) {
            writing.seek(end);
            writing.write(torn.array());
        }
    }

    /** The file of the newest segment that holds a record besides the one that begins it. */
    private static Path newest(Path data) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(data.resolve("log"))) {
            files = tree.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
        }
        for (Path file : files.reversed()) {
            Documents documents = documents(file);
            if (!documents.at.isEmpty()) {
                return file;
            }
        }
        throw new IOException(data + " holds no record");
    }

    private static Documents documents(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> at = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        int position = 0;
        int records = 0;
        while (position + 4 <= bytes.capacity()) {
            int header = bytes.getInt(position);
            if (header == 0 || (header & NOT_COMPLETE) != 0) {
                break;
            }
            int length = header & LENGTH_MASK;
            if ((header & METADATA) == 0) {
                records++;
                if (records > 1) {
                    at.add(position + 4);
                    lengths.add(length);
                }
            }
            position = position + 4 + length + 3 & ~3;
        }
        return new Documents(at, lengths, position);
    }

    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, IOException failed) throws IOException {
                Files.delete(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
