package io.driftless.bench.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Floor W: one write of a channel for a batch, and {@code force(false)}. Confined to one thread. */
final class ChannelWriter implements EntryWriter {

    private final FilledFiles files;
    private final PlainRecord record;
    private ByteBuffer batch = ByteBuffer.allocateDirect(0);
    private FileChannel channel;
    private int position;

    ChannelWriter(Path folder, int size) throws IOException {
        this.files = new FilledFiles(folder);
        this.record = new PlainRecord(size);
        this.channel = open();
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(files.take(), StandardOpenOption.WRITE);
    }

    @Override
    public void append(int entries) throws IOException {
        if (batch.capacity() != entries * record.bytes()) {
            batch = record.times(entries);
        }
        if (position + batch.capacity() > FilledFiles.BYTES) {
            channel.force(false);
            channel.close();
            channel = open();
            position = 0;
        }
        batch.clear();
        while (batch.hasRemaining()) {
            position += channel.write(batch, position);
        }
        if (position > FilledFiles.BYTES / 4) {
            files.prepare();
        }
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        files.close();
    }
}
