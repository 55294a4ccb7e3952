package io.driftless.codec;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.LogOpenException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a snapshot says of its last included index beside the index and term themselves. Apart from the content, so that
 * it is known before anything of that is read. Big endian:
 *
 * <pre>
 *   version, 2 (1 byte)   log's clock in ms (8)   era (8)   configurationIndex (8)   configuration, a record body
 * </pre>
 *
 * <p>Immutable.
 *
 * @param clockMs            the stamp of the entry there (R23)
 * @param era                in which what the snapshot holds was known to be committed (R18)
 * @param configurationIndex where the configuration in force was appended; 0 for the one that the cluster formed with
 * @param configuration      that configuration, as {@link RecordBodies} writes it
 */
public record SnapshotBoundary(long clockMs, long era, long configurationIndex, Bytes configuration) {

    private static final byte VERSION = 2;
    private static final int HEAD_BYTES = 1 + 3 * Long.BYTES;

    /** Writes it. */
    public Bytes encode() {
        return Bytes.wrap(ByteBuffer.allocate(HEAD_BYTES + configuration.length()).put(VERSION).putLong(clockMs)
                .putLong(era).putLong(configurationIndex).put(configuration.asByteBuffer()).array());
    }

    /** The same of a later era, in which it is known to be committed too. */
    public SnapshotBoundary in(long laterEra) {
        return new SnapshotBoundary(clockMs, Math.max(era, laterEra), configurationIndex, configuration);
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
     * @throws LogOpenException   if another version wrote it: nothing is wrong with the bytes
     */
    public static SnapshotBoundary decode(Bytes bytes) {
        if (bytes.length() > 0 && bytes.at(0) != VERSION) {
            throw LogOpenException.ofVersion("the boundary of a snapshot", bytes.at(0), VERSION);
        }
        if (bytes.length() < HEAD_BYTES) {
            throw new MalformedException(bytes.length(), "the boundary of a snapshot ends after " + bytes.length()
                    + " bytes");
        }
        ByteBuffer in = bytes.asByteBuffer();
        in.get();
        long clockMs = in.getLong();
        long era = in.getLong();
        long configurationIndex = in.getLong();
        byte[] configuration = new byte[in.remaining()];
        in.get(configuration);
        return new SnapshotBoundary(clockMs, era, configurationIndex, Bytes.wrap(configuration));
    }
}
