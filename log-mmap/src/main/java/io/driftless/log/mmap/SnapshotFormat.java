package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.log.Bytes;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogOpenException;
import io.driftless.log.RaftLog;
import io.driftless.raft.SnapshotId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A snapshot's file, byte by byte. All numbers are little-endian, all checksums CRC32C.
 *
 * <pre>
 *   0 ┌──────────────────┬──────────────────┐
 *     │ magic "DLS1"     │ check of 8 to 55 │
 *   8 ├──────────────────┼──────────────────┤
 *     │ version          │ chunk size       │
 *  16 ├──────────────────┴──────────────────┤
 *     │ index                               │
 *  24 │ term                                │
 *  32 │ creator, most significant half first│
 *  48 ├──────────────────┬──────────────────┤
 *     │ boundary length  │ boundary's check │
 *  56 ├──────────────────┴──────────────────┤
 *     │ boundary ...                        │
 *     ├──────────────────┬──────────────────┤   once per chunk
 *     │ length           │ check            │
 *     ├──────────────────┴──────────────────┤
 *     │ content ...                         │
 *     ├──────────────────┬──────────────────┤   the end
 *     │ 0                │ check            │
 *     ├──────────────────┴──────────────────┤
 *     │ length of the content               │
 *     ├──────────────────┬──────────────────┘
 *     │ content's check  │
 *     └──────────────────┘
 * </pre>
 *
 * <p>Every chunk but the last has the chunk size, so the length of the file follows from that of boundary and content.
 *
 * <p>The check of a chunk, or of the end, covers 12 bytes that are not stored (the header's check and the offset of the
 * chunk in the file), its length, and what follows its check: a chunk passes only in its place in its own file. The
 * content's check is over the content alone and goes into the {@link SnapshotId}, so the same content has the same one
 * in any store.
 */
final class SnapshotFormat {

    /** Version of the layout. Every later one keeps the first 12 bytes, and what the header's check covers. */
    static final int VERSION = 1;
    /** Bytes before the boundary. */
    static final int HEADER = 56;
    /** Bytes before the content of a chunk. */
    static final int CHUNK_HEADER = 8;
    /** Bytes of the end. */
    static final int END = 20;
    /** The largest chunk, and the usual one. */
    static final int CHUNK_MAX = 64 * 1024;
    /** What the names of whole snapshots end with. */
    static final String WHOLE = ".snapshot";
    /** What the names of unfinished ones end with. */
    static final String TEMPORARY = ".tmp";
    /** What the names of those end with that were set aside. */
    static final String DAMAGED = ".damaged";
    private static final Pattern ASIDE = Pattern.compile("(\\d{20})-(\\d{20})-([0-9a-f-]{36})-([0-9a-f]{8})"
            + Pattern.quote(DAMAGED));

    private static final int MAGIC = 'D' | 'L' << 8 | 'S' << 16 | '1' << 24;
    private static final int CHECKED = 8;

    private SnapshotFormat() { }

    /**
     * What a file begins with.
     *
     * @param index         lastIncludedIndex
     * @param term          lastIncludedTerm
     * @param creator       who took it
     * @param chunkBytes    size of every chunk but the last
     * @param boundaryBytes length of the boundary
     * @param boundaryCheck its checksum
     * @param check         over this header, as stored
     */
    record Header(long index, long term, UUID creator, int chunkBytes, int boundaryBytes, int boundaryCheck,
            int check) {

        /** Of a new file. */
        static Header of(long index, long term, UUID creator, int chunkBytes, Bytes boundary) {
            Header unchecked = new Header(index, term, creator, chunkBytes, boundary.length(), checkOf(boundary), 0);
            return new Header(index, term, creator, chunkBytes, boundary.length(), unchecked.boundaryCheck,
                    RecordFormat.intAt(unchecked.encode(), 4));
        }

        /** The {@link #HEADER} bytes, with their check. */
        byte[] encode() {
            ByteBuffer buffer = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putInt(MAGIC).putInt(0).putInt(VERSION).putInt(chunkBytes).putLong(index).putLong(term);
            buffer.putLong(creator.getMostSignificantBits()).putLong(creator.getLeastSignificantBits());
            buffer.putInt(boundaryBytes).putInt(boundaryCheck);
            buffer.putInt(4, checkOf(Bytes.wrap(buffer.array(), CHECKED, HEADER - CHECKED)));
            return buffer.array();
        }

        /**
         * Takes the first {@link #HEADER} bytes of {@code file}.
         *
         * @throws LogCorruptException if they are damaged
         * @throws LogOpenException    if they are of another version
         */
        static Header decode(Path file, byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            if (buffer.getInt() != MAGIC) {
                throw damaged(file, 0, "it does not begin as a snapshot does");
            }
            if (buffer.getInt() != checkOf(Bytes.wrap(bytes, CHECKED, HEADER - CHECKED))) {
                throw damaged(file, 4, "the checksum of the header does not match");
            }
            int version = buffer.getInt();
            if (version != VERSION) {
                throw new LogOpenException(EndCause.OTHER_FORMAT, file + " has format " + version
                        + ", written by another version; this one reads " + VERSION
                        + ": start the version that wrote it");
            }
            int chunkBytes = buffer.getInt();
            Header header = new Header(buffer.getLong(), buffer.getLong(),
                    new UUID(buffer.getLong(), buffer.getLong()), chunkBytes, buffer.getInt(), buffer.getInt(),
                    RecordFormat.intAt(bytes, 4));
            if (header.index < 1 || header.term < 1 || chunkBytes < 1 || chunkBytes > CHUNK_MAX
                    || header.boundaryBytes < 0 || header.boundaryBytes > RaftLog.ENTRY_BYTES_MAX) {
                throw damaged(file, CHECKED, "no snapshot has these sizes: " + header);
            }
            return header;
        }

        /** Where the first chunk begins. */
        long chunksFrom() {
            return HEADER + boundaryBytes;
        }

        /** The length of a whole file with this much content. */
        long fileBytes(long contentBytes) {
            long chunks = contentBytes / chunkBytes + (contentBytes % chunkBytes == 0 ? 0 : 1);
            return chunksFrom() + chunks * CHUNK_HEADER + contentBytes + END;
        }

        /** The check of a chunk or the end at {@code offset} in the file, whose bytes are in {@code array}. */
        int checkOfChunk(long offset, int length, byte[] array, int from, int count) {
            ByteBuffer bound = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            bound.putInt(check).putLong(offset).putInt(length);
            CRC32C crc = new CRC32C();
            crc.update(bound.array());
            crc.update(array, from, count);
            return (int) crc.getValue();
        }

        /** The {@link #END} bytes of the end, which is at {@code offset}. */
        byte[] encodeEnd(long offset, long contentBytes, int contentCheck) {
            ByteBuffer end = ByteBuffer.allocate(END).order(ByteOrder.LITTLE_ENDIAN);
            end.putLong(CHUNK_HEADER, contentBytes).putInt(CHUNK_HEADER + 8, contentCheck);
            end.putInt(4, checkOfChunk(offset, 0, end.array(), CHUNK_HEADER, END - CHUNK_HEADER));
            return end.array();
        }

        /** Whether these are the {@link #END} bytes of an end at {@code offset}. */
        boolean isEnd(byte[] end, long offset) {
            return RecordFormat.intAt(end, 0) == 0 && RecordFormat.intAt(end, 4)
                    == checkOfChunk(offset, 0, end, CHUNK_HEADER, END - CHUNK_HEADER);
        }
    }

    static int checkOf(Bytes bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), bytes.offset(), bytes.length());
        return (int) crc.getValue();
    }

    /** The name of a whole file: sorted by name, the newest is the last. */
    static String name(SnapshotId id) {
        return begun(id.index(), id.term(), id.creator()) + String.format(Locale.ROOT, "-%08x", id.checksum()) + WHOLE;
    }

    /** What was in the file of this name, if it is the name of one that was set aside. */
    static Optional<SnapshotId> damagedId(String name) {
        Matcher parts = ASIDE.matcher(name);
        try {
            return !parts.matches() ? Optional.empty() : Optional.of(new SnapshotId(Long.parseLong(parts.group(1)),
                    Long.parseLong(parts.group(2)), UUID.fromString(parts.group(3)),
                    Integer.parseUnsignedInt(parts.group(4), 16)));
        } catch (IllegalArgumentException noNumbers) {
            return Optional.empty();
        }
    }

    /** The name while it is written. */
    static String temporary(long index, long term, UUID creator) {
        return begun(index, term, creator) + TEMPORARY;
    }

    private static String begun(long index, long term, UUID creator) {
        return String.format(Locale.ROOT, "%020d-%020d-%s", index, term, creator);
    }

    static LogCorruptException damaged(Path file, long offset, String what) {
        return new LogCorruptException(file, new LogCorruptException.Place(offset, what));
    }
}
