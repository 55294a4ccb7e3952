package io.driftless.codec;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a snapshot says of its last included index beside the index and term themselves. Apart from the content, so that
 * it is known before anything of that is read. Big endian:
 *
 * <pre>
 *   version, 1 (1 byte)   log's clock in ms (8)   configurationIndex (8)   configuration, a record body (the rest)
 * </pre>
 *
 * <p>Immutable.
 *
 * @param clockMs            the stamp of the entry there (R23)
 * @param configurationIndex where the configuration in force was appended; 0 for the one that the cluster formed with
 * @param configuration      that configuration, as {@link RecordBodies} writes it
 */
public record SnapshotBoundary(long clockMs, long configurationIndex, Bytes configuration) {

    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 1 + 2 * Long.BYTES;

    /** Writes it. */
    public Bytes encode() {
        return Bytes.wrap(ByteBuffer.allocate(HEAD_BYTES + configuration.length()).put(VERSION).putLong(clockMs)
                .putLong(configurationIndex).put(configuration.asByteBuffer()).array());
    }

    /**
     * Whether it is of the cluster that formed with this configuration, which names the data of each member; never of
     * one that has not formed.
     */
    public boolean isOf(Optional<Bytes> formedWith) {
        return formedWith.equals(Optional.of(configuration));
    }

    /**
     * Reads it; the configuration stays as it is.
     *
     * @throws MalformedException if the bytes are no boundary
     */
    public static SnapshotBoundary decode(Bytes bytes) {
        if (bytes.length() < HEAD_BYTES) {
            throw new MalformedException(bytes.length(), "the boundary of a snapshot ends after " + bytes.length()
                    + " bytes");
        }
        ByteBuffer in = bytes.asByteBuffer();
        byte version = in.get();
        if (version != VERSION) {
            throw new MalformedException(0, "the boundary of a snapshot has version " + version + ", not " + VERSION);
        }
        long clockMs = in.getLong();
        long configurationIndex = in.getLong();
        byte[] configuration = new byte[in.remaining()];
        in.get(configuration);
        return new SnapshotBoundary(clockMs, configurationIndex, Bytes.wrap(configuration));
    }
}
