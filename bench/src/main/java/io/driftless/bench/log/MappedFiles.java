package io.driftless.bench.log;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.IoUtil;

/**
 * Filled files, mapped one after the other: where the next bytes go, and which were not forced yet. Like the log it
 * keeps the mapping of a file that is full, for readers. Confined to one thread.
 */
final class MappedFiles implements AutoCloseable {

    private final FilledFiles files;
    private final List<MappedByteBuffer> full = new ArrayList<>();
    private MappedByteBuffer mapping;
    private int position;
    private int forced;

    MappedFiles(Path folder) throws IOException {
        this.files = new FilledFiles(folder);
        this.mapping = map(files.take());
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, FilledFiles.BYTES);
            mapped.order(ByteOrder.LITTLE_ENDIAN);
            return mapped;
        }
    }

    /** Room for so many bytes in {@link #mapping()}; where it begins. */
    int reserve(int bytes) throws IOException {
        if (position + bytes > FilledFiles.BYTES) {
            force();
            full.add(mapping);
            mapping = map(files.take());
            position = 0;
            forced = 0;
        }
        int at = position;
        position += bytes;
        if (position > FilledFiles.BYTES / 4) {
            files.prepare();
        }
        return at;
    }

    /** The file that is being written. */
    MappedByteBuffer mapping() {
        return mapping;
    }

    /** Brings what was written since the last time to the disk. */
    void force() {
        mapping.force(forced, position - forced);
        forced = position;
    }

    @Override
    public void close() throws IOException {
        IoUtil.unmap(mapping);
        full.forEach(IoUtil::unmap);
        files.close();
    }
}
