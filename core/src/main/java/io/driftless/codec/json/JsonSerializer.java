package io.driftless.codec.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.driftless.codec.MessageText;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.raft.Member;
import io.driftless.raft.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The serializer {@code json}: one JSON object in UTF-8, without line breaks, with the field names of the records. For
 * reading along, and as the example of a serializer; some ten times slower than {@code kryo}. Thread safe.
 *
 * <pre>
 *   {"v":1,"type":"AppendEntries","term":3,"leaderId":"n1","prevLogIndex":4,"prevLogTerm":2,"leaderCommit":4,
 *    "acknowledgedIndex":4,"catchUpIndex":0,
 *    "runs":[{"term":3,"count":1}],
 *    "entries":[{"type":"COMMAND","timeMs":1700000000000,"session":7,"serial":3,"distance":2,
 *                 "length":256}]}
 * </pre>
 *
 * <p>Fields may come in any order; each must be there once, and no other. Index and term of an entry are not written:
 * prevLogIndex and the runs imply them. Memory is bounded by the bytes read: nothing is reserved by a number in them.
 */
public final class JsonSerializer implements Serializer {

    /** The version of the encoding. */
    static final int VERSION = 1;

    private static final int NESTING_MAX = 8;
    private static final int TEXT_MAX = Member.ADDRESS_LENGTH_MAX;
    private static final int NUMBER_MAX = 20;

    private final JsonFactory factory;

    /** Loads Jackson, so that a missing library is noticed when the serializer is chosen. */
    public JsonSerializer() {
        factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX)
                .maxStringLength(TEXT_MAX)
                        .maxNameLength(TEXT_MAX).maxNumberLength(NUMBER_MAX).build())
                // Interned names would stay for ever, and a stranger chooses them.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    @Override
    public String name() {
        return "json";
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public int id() {
        return 2;
    }

    @Override
    public int encode(Message message, MutableDirectBuffer buffer, int offset) {
        return write(buffer, offset, generator -> JsonMessages.write(generator, message));
    }

    @Override
    public Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads) {
        return JsonMessages.read(read(buffer, offset, length), payloads);
    }

    @Override
    public String toText(Message message) {
        return MessageText.of(message);
    }

    @Override
    public int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset) {
        return write(buffer, offset, generator -> JsonRecords.write(generator, body));
    }

    @Override
    public RecordBody decodeRecord(DirectBuffer buffer, int offset, int length) {
        return JsonRecords.read(read(buffer, offset, length));
    }

    @Override
    public String toText(RecordBody body) {
        return MessageText.of(body);
    }

    private interface Writing {
        void to(JsonGenerator generator) throws IOException;
    }

    private int write(MutableDirectBuffer buffer, int offset, Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = factory.createGenerator(bytes)) {
            generator.writeStartObject();
            generator.writeNumberField("v", VERSION);
            writing.to(generator);
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        buffer.putBytes(offset, bytes.toByteArray());
        return bytes.size();
    }

    private Fields read(DirectBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        Fields fields = new Fields(JsonTree.read(factory, bytes));
        long version = fields.number("v");
        if (version != VERSION) {
            throw new MalformedException(0, "version " + version + " of the json encoding, which is " + VERSION
                    + " here,");
        }
        return fields;
    }
}
