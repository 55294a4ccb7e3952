package io.driftless.codec;

import io.driftless.errors.EndCause;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.LogOpenException;
import io.driftless.raft.ClusterConfiguration;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes and reads record bodies as they are stored. In front stand the id and version of the serializer that wrote
 * them, so that a log written under one serializer opens under another. No state.
 *
 * <pre>
 *   id of the serializer (4 bytes, big endian)   its version (4 bytes, big endian)   what it wrote
 * </pre>
 */
public final class RecordBodies {

    private static final int VERSION_OFFSET = Integer.BYTES;
    private static final int BODY_OFFSET = 2 * Integer.BYTES;

    private RecordBodies() { }

    /** Writes a body, with the serializer that wrote it in front. */
    public static Bytes encode(Serializer serializer, RecordBody body) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        putInt(buffer, 0, serializer.id());
        putInt(buffer, VERSION_OFFSET, serializer.version());
        int length = BODY_OFFSET + serializer.encodeRecord(body, buffer, BODY_OFFSET);
        byte[] array = new byte[length];
        buffer.getBytes(0, array);
        return Bytes.wrap(array);
    }

    /**
     * Reads a body, whichever serializer wrote it.
     *
     * @throws MalformedException if the bytes are not a body
     * @throws LogOpenException if a newer version wrote it: nothing is wrong with the bytes
     * @throws io.driftless.errors.ConfigException if the serializer that wrote it is not available
     */
    public static RecordBody decode(Bytes bytes) {
        return decode(bytes, Serializers.byId(id(bytes)));
    }

    /**
     * Reads a body, whichever serializer wrote it. {@code serializer} is asked first, so a user's own serializer that
     * was chosen by its class need not be registered elsewhere. Otherwise like {@link #decode(Bytes)}.
     */
    public static RecordBody decode(Bytes bytes, Serializer serializer) {
        int id = id(bytes);
        Serializer writer = serializer.id() == id ? serializer : Serializers.byId(id);
        int version = intAt(bytes, VERSION_OFFSET);
        if (version > writer.version()) {
            throw new LogOpenException(EndCause.OTHER_FORMAT, "a record body of version " + version + " of serializer "
                    + writer.name() + ", written by a newer version; this one reads up to " + writer.version()
                    + ": start the newer version");
        }
        if (version < 1) {
            throw new MalformedException(VERSION_OFFSET, "a record body of version " + version);
        }
        DirectBuffer buffer = new UnsafeBuffer(bytes.array(), bytes.offset(), bytes.length());
        try {
            return writer.decodeRecord(buffer, BODY_OFFSET, bytes.length() - BODY_OFFSET);
        } catch (MalformedException e) {
            throw new MalformedException(BODY_OFFSET + e.position(), "a record body that serializer " + writer.name()
                    + " cannot read: "
                    + e.getMessage());
        }
    }

    /**
     * Reads a configuration, whichever serializer wrote it; {@code serializer} is asked first.
     *
     * @throws MalformedException if the bytes are another body, or none
     */
    public static ClusterConfiguration configuration(Bytes bytes, Serializer serializer) {
        if (decode(bytes, serializer) instanceof RecordBody.ConfigurationBody body) {
            return body.cluster();
        }
        throw new MalformedException(BODY_OFFSET, "a record body that is no configuration");
    }

    private static int id(Bytes bytes) {
        if (bytes.length() < BODY_OFFSET) {
            throw new MalformedException(bytes.length(), "the record body ends");
        }
        return intAt(bytes, 0);
    }

    private static void putInt(ExpandableArrayBuffer buffer, int offset, int value) {
        buffer.putInt(offset, value, ByteOrder.BIG_ENDIAN);
    }

    private static int intAt(Bytes bytes, int offset) {
        return bytes.asByteBuffer().getInt(offset);
    }
}
