package io.driftless.log.mmap;

import java.nio.file.Path;

/** Reads a log that it does not open, one payload a line. */
final class ReadingProcess {

    private ReadingProcess() { }

    public static void main(String[] arguments) {
        try (ReadOnlyLog log = ReadOnlyLog.open(Path.of(arguments[0]))) {
            System.out.println(log.firstIndex() + ".." + log.lastIndex());
            log.read(log.firstIndex(), log.lastIndex(), 1 << 20)
                    .forEach(entry -> System.out.println(entry.payload().utf8()));
        }
    }
}
