package io.driftless.log.mmap;

import java.nio.file.Path;

/** Dumps a log, one record a line. */
final class DumpingProcess {

    private DumpingProcess() { }

    public static void main(String[] arguments) {
        LogDump.Summary summary = LogDump.read(Path.of(arguments[0]), record -> System.out.println(record.entry().index() + " " + record.entry().term()));
        System.out.println("damage " + summary.damage().size());
    }
}
