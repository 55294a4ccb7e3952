package io.driftless.sim;

import io.driftless.codec.MessageText;
import io.driftless.log.Bytes;
import io.driftless.raft.Content;
import io.driftless.raft.Message;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A {@link Happening} as one JSON object: the components of its record under their own names, servers by their names,
 * records within as objects. A message has its type, and its line of text beside its fields. No state.
 */
final class HappeningJson {

    private static final List<String> SERVERS = List.of("node", "peer", "from", "to");

    /** A component of a record, and its name here. */
    private record Field(String name, Method accessor) {

        Object of(Record record) {
            try {
                return accessor.invoke(record);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException("a component that cannot be read: " + accessor, impossible);
            }
        }
    }

    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents()).map(component -> new Field(snake(component.getName()),
                    component.getAccessor())).toList();
        }
    };

    private HappeningJson() { }

    static String of(long nowNs, Happening happening) {
        StringBuilder json = new StringBuilder("{\"at_us\":").append(nowNs / 1_000).append(",\"event\":\"")
                .append(snake(happening.getClass().getSimpleName())).append('"');
        components(json, (Record) happening);
        return json.append('}').toString();
    }

    private static void components(StringBuilder json, Record record) {
        for (Field field : FIELDS.get(record.getClass())) {
            Object value = field.of(record);
            json.append(",\"").append(field.name()).append("\":");
            if (value instanceof Integer server && SERVERS.contains(field.name())) {
                string(json, HappeningText.name(server));
            } else {
                value(json, value);
            }
        }
    }

    private static void value(StringBuilder json, Object value) {
        switch (value) {
            case Number number -> json.append(number);
            case Boolean truth -> json.append(truth);
            case Collection<?> list -> {
                json.append('[');
                String comma = "";
                for (Object one : list) {
                    json.append(comma);
                    value(json, one);
                    comma = ",";
                }
                json.append(']');
            }
            case Bytes bytes -> json.append("{\"bytes\":").append(bytes.length()).append('}');
            case Content content -> json.append(content.count());
            case Message message -> object(json, "\"type\":\"" + message.getClass().getSimpleName() + "\",\"text\":\""
                    + MessageText.of(message) + '"', (Record) message);
            case Fault fault -> object(json, "\"text\":\"" + HappeningText.of(fault) + '"', fault);
            case Record record when FIELDS.get(record.getClass()).size() > 1 -> object(json, "", record);
            case Enum<?> constant -> string(json, constant.name().toLowerCase(Locale.ROOT));
            case Object other -> string(json, other.toString());
        }
    }

    private static void object(StringBuilder json, String first, Record record) {
        StringBuilder fields = new StringBuilder();
        components(fields, record);
        json.append('{').append(first.isEmpty() ? fields.substring(1) : first + fields).append('}');
    }

    private static void string(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static String snake(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
