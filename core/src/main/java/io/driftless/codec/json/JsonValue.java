package io.driftless.codec.json;

import java.util.List;
import java.util.SortedMap;

/** A value of a JSON document that knows the byte it begins at. Immutable. */
sealed interface JsonValue {

    /** The byte it begins at, counted from the start of the document. */
    long position();

    /** What it is, for an error. */
    String kind();

    record Text(long position, String value) implements JsonValue {
        @Override
        public String kind() {
            return "a text";
        }
    }

    record Number(long position, long value) implements JsonValue {
        @Override
        public String kind() {
            return "a number";
        }
    }

    record Flag(long position, boolean value) implements JsonValue {
        @Override
        public String kind() {
            return "true or false";
        }
    }

    record Array(long position, List<JsonValue> values) implements JsonValue {
        @Override
        public String kind() {
            return "an array";
        }
    }

    /**
     * An object.
     *
     * @param fields its fields by name
     */
    record Structure(long position, SortedMap<String, JsonValue> fields) implements JsonValue {
        @Override
        public String kind() {
            return "an object";
        }
    }
}
