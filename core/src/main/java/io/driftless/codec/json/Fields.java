package io.driftless.codec.json;

import io.driftless.errors.MalformedException;
import io.driftless.raft.ServerId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes the fields out of an object one by one; what is missing, of another type, or left over is an error that names
 * its byte. Confined.
 */
final class Fields {

    /** Largest term, index or count: leaves room for sums without an overflow. */
    static final long NUMBER_MAX = 1L << 62;

    private final long position;
    private final SortedMap<String, JsonValue> left;

    Fields(JsonValue.Structure structure) {
        position = structure.position();
        left = new TreeMap<>(structure.fields());
    }

    /** A term, an index or a count. */
    long number(String name) {
        JsonValue value = take(name);
        if (!(value instanceof JsonValue.Number number)) {
            throw illTyped(name, "a number", value);
        }
        if (number.value() < 0 || number.value() > NUMBER_MAX) {
            throw new MalformedException(value.position(), "field '" + name + "' with a term, index or count of "
                    + number.value());
        }
        return number.value();
    }

    /** A number from 0 to {@code max}. */
    int smallNumber(String name, int max) {
        return (int) smallNumber(name, (long) max);
    }

    /** A number from 0 to {@code max}. */
    long smallNumber(String name, long max) {
        JsonValue value = take(name);
        if (!(value instanceof JsonValue.Number number)) {
            throw illTyped(name, "a number", value);
        }
        if (number.value() < 0 || number.value() > max) {
            throw new MalformedException(value.position(), "field '" + name + "' with a number of " + number.value()
                    + ", which is not 0 to " + max + ",");
        }
        return number.value();
    }

    /** Any number of 64 bits. */
    long anyNumber(String name) {
        JsonValue value = take(name);
        if (value instanceof JsonValue.Number number) {
            return number.value();
        }
        throw illTyped(name, "a number", value);
    }

    boolean flag(String name) {
        JsonValue value = take(name);
        if (value instanceof JsonValue.Flag flag) {
            return flag.value();
        }
        throw illTyped(name, "true or false", value);
    }

    String text(String name) {
        return text(name, text -> text);
    }

    ServerId server(String name) {
        return text(name, ServerId::new);
    }

    UUID uuid(String name) {
        return text(name, text -> {
            UUID uuid = UUID.fromString(text);
            if (!uuid.toString().equals(text)) {
                throw new IllegalArgumentException("'" + text + "' is not the canonical form of " + uuid);
            }
            return uuid;
        });
    }

    /** A text that {@code meaning} reads; it throws {@link IllegalArgumentException} if it cannot. */
    <T> T text(String name, Function<String, T> meaning) {
        JsonValue value = take(name);
        if (!(value instanceof JsonValue.Text text)) {
            throw illTyped(name, "a text", value);
        }
        return checked(value.position(), () -> meaning.apply(text.value()));
    }

    /** An array of objects. */
    List<Fields> structures(String name) {
        return array(name, value -> {
            if (value instanceof JsonValue.Structure structure) {
                return new Fields(structure);
            }
            throw illTyped(name, "an array of objects", value);
        });
    }

    /** An array of server ids. */
    List<ServerId> servers(String name) {
        return array(name, value -> {
            if (value instanceof JsonValue.Text text) {
                return checked(value.position(), () -> new ServerId(text.value()));
            }
            throw illTyped(name, "an array of texts", value);
        });
    }

    /** Ends the object: checks that nothing is left over, and makes of it what the fields gave. */
    <T> T finish(Supplier<T> value) {
        if (!left.isEmpty()) {
            String name = left.firstKey();
            throw new MalformedException(left.get(name).position(), "unknown field '" + name + "'");
        }
        return checked(position, value);
    }

    /** An error of this object as a whole. */
    MalformedException malformed(String message) {
        return new MalformedException(position, message);
    }

    /** What these fields give; {@code value} throws {@link IllegalArgumentException} if they do not fit together. */
    <T> T checked(Supplier<T> value) {
        return checked(position, value);
    }

    private <T> List<T> array(String name, Function<JsonValue, T> element) {
        JsonValue value = take(name);
        if (value instanceof JsonValue.Array array) {
            return array.values().stream().map(element).toList();
        }
        throw illTyped(name, "an array", value);
    }

    private JsonValue take(String name) {
        JsonValue value = left.remove(name);
        if (value == null) {
            throw new MalformedException(position, "no field '" + name + "' in the object");
        }
        return value;
    }

    private static <T> T checked(long at, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new MalformedException(at, String.valueOf(e.getMessage()));
        }
    }

    private static MalformedException illTyped(String name, String wanted, JsonValue found) {
        return new MalformedException(found.position(), "field '" + name + "' is " + found.kind() + ", not " + wanted
                + ",");
    }
}
