package io.driftless.bench.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the log would be without Chronicle: each record encoded with its checksum, copied into a filled mapping, and
 * noted in an index. What it lacks is everything else that the log does for an append. Confined to one thread.
 */
final class PlainWriter implements EntryWriter {

    private static final int CHUNK = 1024;

    private final MappedFiles files;
    private final PlainRecord record;
    private final List<long[]> index = new ArrayList<>();
    private long next = 1;

    PlainWriter(Path folder, int size) throws IOException {
        this.files = new MappedFiles(folder);
        this.record = new PlainRecord(size);
    }

    @Override
    public void append(int entries) throws IOException {
        for (int i = 0; i < entries; i++) {
            int at = files.reserve(record.bytes());
            record.put(files.mapping(), at, next);
            int slot = (int) (next % CHUNK);
            if (slot == 0 || index.isEmpty()) {
                index.add(new long[CHUNK]);
            }
            index.get(index.size() - 1)[slot] = at;
            next++;
        }
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
