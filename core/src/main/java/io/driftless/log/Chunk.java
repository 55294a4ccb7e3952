package io.driftless.log;

import io.driftless.raft.Content;

/**
 * What an InstallSnapshot carries: a part of a snapshot, or the boundary data of one that is offered. Immutable.
 *
 * @param bytes the bytes
 */
public record Chunk(Bytes bytes) implements Content {

    @Override
    public int count() {
        return 1;
    }

    @Override
    public long weight(int position) {
        return bytes.length();
    }

    @Override
    public String toString() {
        return bytes.length() + " bytes";
    }
}
