package io.driftless.codec;

import io.driftless.errors.ConfigException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Finds a serializer by its name in the configuration or by its id in a record. Driftless comes with {@code kryo} and
 * {@code json}. A user's own serializer is found through {@link ServiceLoader}, or by the name of its class. Kryo and
 * Jackson are loaded only when their serializer is asked for. Thread safe.
 */
public final class Serializers {

    /** The lowest id that a user's serializer may have. */
    public static final int USER_ID_MIN = 100;

    private static final List<Included> INCLUDED = List.of(
            new Included("kryo", 1, "io.driftless.codec.kryo.KryoSerializer", "com.esotericsoftware.kryo:kryo5"),
            new Included("json", 2, "io.driftless.codec.json.JsonSerializer",
            "com.fasterxml.jackson.core:jackson-databind"));

    // Kept because a record body is read by id, and a Kryo instance is dear to make. Holds at most those included.
    private static final ConcurrentMap<String, Serializer> LOADED = new ConcurrentHashMap<>();

    private record Included(String name, int id, String className, String library) { }

    private Serializers() { }

    /** The names that {@link #byName} knows, sorted. A class name works as well. */
    public static List<String> names() {
        TreeSet<String> names = new TreeSet<>();
        INCLUDED.forEach(included -> names.add(included.name()));
        users().forEach(serializer -> names.add(serializer.name()));
        return List.copyOf(names);
    }

    /**
     * The serializer with this name or this class. The class needs a public constructor without parameters.
     *
     * @throws ConfigException with one line if there is none, if its library is missing, or if it has an id that it
     * must not have
     */
    public static Serializer byName(String name) {
        for (Included included : INCLUDED) {
            if (included.name().equals(name)) {
                return load(included);
            }
        }
        for (Serializer user : users()) {
            if (user.name().equals(name)) {
                return user;
            }
        }
        if (name.indexOf('.') > 0) {
            return checked(ofClass(name));
        }
        throw problem("no serializer is called '" + name + "': choose one of " + String.join(", ", names())
                + ", or give the name of a class");
    }

    /**
     * The serializer with this id.
     *
     * @throws ConfigException with one line if there is none, or if its library is missing
     */
    public static Serializer byId(int id) {
        for (Included included : INCLUDED) {
            if (included.id() == id) {
                return load(included);
            }
        }
        for (Serializer user : users()) {
            if (user.id() == id) {
                return user;
            }
        }
        throw problem("no serializer has id " + id + ": a user's own must be listed in META-INF/services/"
                + Serializer.class.getName());
    }

    private static Serializer load(Included included) {
        Serializer loaded = LOADED.get(included.name());
        if (loaded != null) {
            return loaded;
        }
        try {
            Class<?> type = Class.forName(included.className(), true, Serializers.class.getClassLoader());
            Serializer made = (Serializer) type.getConstructor().newInstance();
            Serializer earlier = LOADED.putIfAbsent(included.name(), made);
            return earlier == null ? made : earlier;
        } catch (InvocationTargetException e) {
            throw missing(included, e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw missing(included, e);
        }
    }

    private static ConfigException missing(Included included, Throwable cause) {
        return problem("serializer " + included.name() + " needs " + included.library() + " on the class path (" + cause
                + ")");
    }

    private static Serializer ofClass(String className) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            Class<?> type = Class.forName(className, true, context == null ? Serializers.class.getClassLoader()
                    : context);
            if (!Serializer.class.isAssignableFrom(type)) {
                throw problem(className + " does not implement " + Serializer.class.getName());
            }
            return (Serializer) type.getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw problem("no serializer is called '" + className + "' and there is no such class: choose one of "
                    + String.join(", ", names()));
        } catch (NoSuchMethodException e) {
            throw problem(className + " has no public constructor without parameters");
        } catch (InvocationTargetException e) {
            throw problem(className + " cannot be made: " + e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw problem(className + " cannot be made: " + e);
        }
    }

    private static List<Serializer> users() {
        List<Serializer> users = new ArrayList<>();
        for (Serializer user : ServiceLoader.load(Serializer.class)) {
            users.add(checked(user));
        }
        return users;
    }

    private static Serializer checked(Serializer user) {
        boolean included = INCLUDED.stream().anyMatch(each -> user.getClass().getName().equals(each.className()));
        if (user.id() < USER_ID_MIN && !included) {
            throw problem(user.getClass().getName() + " has id " + user.id() + ": ids below " + USER_ID_MIN
                    + " are reserved");
        }
        return user;
    }

    private static ConfigException problem(String line) {
        return new ConfigException(List.of(line));
    }
}
