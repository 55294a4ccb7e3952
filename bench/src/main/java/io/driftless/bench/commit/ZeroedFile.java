package io.driftless.bench.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file full of zeros that have reached the disk, so that a write into it changes no metadata. What is
 * appended goes round in it. Confined to one thread.
 */
final class ZeroedFile implements AutoCloseable {

    private static final int BYTES = 16 << 20;
    private static final int FILL_BYTES = 4096;

    private final Path path;
    private final FileChannel channel;
    private long position;

    /** Makes and fills it. */
    ZeroedFile(Path folder) throws IOException {
        path = Files.createTempFile(folder, "floor", ".bin");
        channel = FileChannel.open(path, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
        for (long at = 0; at < BYTES; at += FILL_BYTES) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
    }

    /** Writes {@code bytes} behind the last ones and forces them; returns where the next ones go. */
    long append(ByteBuffer bytes) throws IOException {
        if (position + bytes.remaining() > BYTES) {
            position = 0;
        }
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        channel.force(false);
        return position;
    }

    /** Deletes it. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.delete(path);
    }
}
