package io.driftless.bench.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Floor M: one copy into a filled mapping for a batch, and a force of that range. Confined to one thread. */
final class MappedWriter implements EntryWriter {

    private final MappedFiles files;
    private final PlainRecord record;
    private ByteBuffer batch = ByteBuffer.allocateDirect(0);

    MappedWriter(Path folder, int size) throws IOException {
        this.files = new MappedFiles(folder);
        this.record = new PlainRecord(size);
    }

    @Override
    public void append(int entries) throws IOException {
        int bytes = entries * record.bytes();
        if (batch.capacity() != bytes) {
            batch = record.times(entries);
        }
        int at = files.reserve(bytes);
        files.mapping().put(at, batch, 0, bytes);
    }

    @Override
    public void sync() {
        files.force();
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
