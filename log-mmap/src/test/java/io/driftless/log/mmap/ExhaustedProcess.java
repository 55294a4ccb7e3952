package io.driftless.log.mmap;

import io.driftless.log.OutOfResourcesException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Uses a log while every other file descriptor of the process is taken, and says how that went. */
final class ExhaustedProcess {

    private ExhaustedProcess() { }

    public static void main(String[] arguments) throws IOException {
        try (MmapLog log = TestLogs.open(Path.of(arguments[0]))) {
            // Everything has been loaded and opened once that goes on behind a change of segment.
            grow(log);
            List<FileChannel> taken = new ArrayList<>();
            takeAll(taken);
            for (int i = 0; i < 5; i++) {
                grow(log);
                log.compact(log.durableIndex() - 1);
            }
            System.out.println("grown");
            long before = log.lastIndex();
            try {
                // What the log lets go of is taken too.
                while (log.lastIndex() < before + 1_000) {
                    Descriptors.giveBack();
                    takeAll(taken);
                    grow(log);
                }
            } catch (OutOfResourcesException exhausted) {
                System.out.println(exhausted.endCause());
            }
            for (FileChannel channel : taken) {
                channel.close();
            }
            grow(log);
            System.out.println(log.lastIndex() > before && log.durableIndex() == log.lastIndex());
        }
    }

    private static void takeAll(List<FileChannel> taken) {
        try {
            while (true) {
                taken.add(FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ));
            }
        } catch (IOException all) {
            return;
        }
    }

    /** By more than two segments. */
    private static void grow(MmapLog log) {
        for (int i = 0; i < 6; i++) {
            log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 10, 1, 10_000));
        }
        log.sync();
    }
}
