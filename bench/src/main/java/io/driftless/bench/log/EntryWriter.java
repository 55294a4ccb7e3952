package io.driftless.bench.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Something that takes entries of one size and forces them to the disk: the log, or one of the floors beside it, which
 * write the same number of bytes. Confined to one thread.
 */
interface EntryWriter extends AutoCloseable {

    /** Which one. */
    enum Kind {
        /** The log itself. */
        LOG,
        /** One {@code FileChannel.write} for a batch, and {@code force(false)}. */
        W,
        /** A copy into a mapping, and a force of that range. */
        M,
        /** The log's records, encoded and indexed, in a mapping; without Chronicle. */
        PLAIN;

        /** The name in reports and parameters. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Opens a new one in {@code folder}, which is empty, for entries of {@code size} payload bytes. */
        EntryWriter open(Path folder, int size) throws IOException {
            return switch (this) {
                case LOG -> new LogWriter(folder, size);
                case W -> new ChannelWriter(folder, size);
                case M -> new MappedWriter(folder, size);
                case PLAIN -> new PlainWriter(folder, size);
            };
        }
    }

    /** Appends so many entries as one batch. */
    void append(int entries) throws IOException;

    /** Forces what was appended. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
