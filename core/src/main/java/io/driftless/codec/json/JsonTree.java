package io.driftless.codec.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.driftless.errors.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a document into {@link JsonValue}s. Jackson's own tree does not keep positions, and an error must name the
 * byte. Only what our encodings use is accepted: no null, no fraction, no number beyond 64 bits, no field twice. The
 * parser bounds nesting. No state.
 */
final class JsonTree {

    private JsonTree() { }

    /** The document, which must be one object in UTF-8 and nothing else. */
    static JsonValue.Structure read(JsonFactory factory, byte[] bytes) {
        // What does not begin like this is no object, or in one of the wide encodings that the parser would otherwise
        // detect.
        if (bytes.length < 2 || bytes[0] != '{' || bytes[1] == 0) {
            throw new MalformedException(0, "not a JSON object");
        }
        try (JsonParser parser = factory.createParser(bytes)) {
            JsonValue value = value(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw new MalformedException(position(parser), "something behind the JSON object");
            }
            return (JsonValue.Structure) value;
        } catch (JsonProcessingException e) {
            throw new MalformedException(e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset()),
                    e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedException(0, "not JSON: " + e.getMessage());
        }
    }

    private static JsonValue value(JsonParser parser, @Nullable JsonToken token) throws IOException {
        long position = position(parser);
        if (token == JsonToken.START_OBJECT) {
            return structure(parser, position);
        }
        if (token == JsonToken.START_ARRAY) {
            List<JsonValue> values = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                values.add(value(parser, next));
            }
            return new JsonValue.Array(position, values);
        }
        if (token == JsonToken.VALUE_STRING) {
            return new JsonValue.Text(position, parser.getText());
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return new JsonValue.Number(position, parser.getLongValue());
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return new JsonValue.Flag(position, token == JsonToken.VALUE_TRUE);
        }
        throw new MalformedException(position, "a value that no field has, " + token + ",");
    }

    private static JsonValue structure(JsonParser parser, long position) throws IOException {
        SortedMap<String, JsonValue> fields = new TreeMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            long at = position(parser);
            if (fields.put(name, value(parser, parser.nextToken())) != null) {
                throw new MalformedException(at, "field '" + name + "' twice");
            }
        }
        return new JsonValue.Structure(position, fields);
    }

    private static long position(JsonParser parser) {
        return Math.max(0, parser.currentTokenLocation().getByteOffset());
    }
}
