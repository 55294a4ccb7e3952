package io.driftless.ops.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Lines of JSON with fields in the order they were put. Thread safe. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() { }

    /** An empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** One line. */
    public static String line(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of JSON nodes that cannot be written", impossible);
        }
    }

    /** Reads one object; empty if the text is none. */
    public static Optional<ObjectNode> parseObject(String text) {
        try {
            return MAPPER.readTree(text) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** The text that a JSON string, quotes included, stands for; empty if it is none. */
    public static Optional<String> parseString(String literal) {
        try {
            JsonNode node = MAPPER.readTree(literal);
            return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** Puts bytes as text in {@code name}, or, if they are not UTF-8, null there and Base64 in {@code name_base64}. */
    public static void putBytes(ObjectNode object, String name, Bytes bytes) {
        Optional<String> text = utf8(bytes);
        object.put(name, text.orElse(null));
        if (text.isEmpty()) {
            object.put(name + "_base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }

    /** The text of bytes that are UTF-8; empty if they are not. */
    public static Optional<String> utf8(Bytes bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length())).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
