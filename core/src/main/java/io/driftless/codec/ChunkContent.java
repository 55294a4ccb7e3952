package io.driftless.codec;

import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.raft.Message.InstallSnapshot;

/**
 * The bytes of an InstallSnapshot, for code that writes or reads the message. A part is as long as its message says;
 * behind an offer stand its boundary data, which may have any length. No state.
 */
public final class ChunkContent {

    private ChunkContent() { }

    /**
     * The bytes that the message carries.
     *
     * @throws IllegalArgumentException if the content is not a {@link Chunk}, or not as long as the message says
     */
    public static Bytes of(InstallSnapshot message) {
        if (!(message.content() instanceof Chunk chunk)) {
            throw new IllegalArgumentException("InstallSnapshot without its bytes: " + message.content());
        }
        if (!message.isOffer() && chunk.bytes().length() != message.length()) {
            throw new IllegalArgumentException("a part of " + message.length() + " bytes, but the content is "
                    + chunk.bytes().length() + " bytes");
        }
        return chunk.bytes();
    }
}
