package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ConfigException;
import io.driftless.errors.EndCause;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.LogOpenException;
import io.driftless.node.NodeConfig;
import io.driftless.tck.SampleMessages;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How serializers are found, and records that one wrote read under another. */
class SerializersTest {

    @Test
    void findsThoseIncludedByNameAndById() {
        assertEquals(List.of("json", "kryo"), Serializers.names());
        for (String name : Serializers.names()) {
            Serializer serializer = Serializers.byName(name);
            assertEquals(name, serializer.name());
            assertSame(serializer, Serializers.byId(serializer.id()));
        }
        assertEquals(1, Serializers.byName("kryo").id());
        assertEquals(2, Serializers.byName("json").id());
    }

    @Test
    void anUnknownNameListsThoseKnown() {
        assertEquals("no serializer is called 'kyro': choose one of json, kryo, or give the name of a class",
                problem(() -> Serializers.byName("kyro")));
        assertEquals("no serializer is called 'com.example.Missing' and there is no such class: choose one of json, "
                + "kryo",
                problem(() -> Serializers.byName("com.example.Missing")));
        assertEquals("java.lang.String does not implement io.driftless.codec.Serializer",
                problem(() -> Serializers.byName("java.lang.String")));
        assertTrue(problem(() -> Serializers.byId(107)).startsWith("no serializer has id 107: "));
    }

    @Test
    void takesAUsersOwnByItsClass() {
        assertInstanceOf(OwnSerializer.class, Serializers.byName(OwnSerializer.class.getName()));
        assertEquals(OwnSerializer.class.getName(),
                NodeConfig.builder().serializer(OwnSerializer.class.getName()).build().serializer());
        assertEquals(WithReservedId.class.getName() + " has id 1: ids below 100 are reserved",
                problem(() -> Serializers.byName(WithReservedId.class.getName())));
    }

    @Test
    void takesAUsersOwnFromTheServiceLoader(@TempDir Path directory) throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(Serializer.class.getName()), OwnSerializer.class.getName());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            assertEquals(List.of("json", "kryo", "own"), Serializers.names());
            assertInstanceOf(OwnSerializer.class, Serializers.byName("own"));
            assertInstanceOf(OwnSerializer.class, Serializers.byId(Serializers.USER_ID_MIN));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void aMissingLibraryGivesOneLineAndTheOtherSerializerWorks() throws Exception {
        assertEquals("serializer kryo needs com.esotericsoftware.kryo:kryo5 on the class path",
                withoutLibrary("com.esotericsoftware.", "kryo"));
        assertEquals("serializer json needs com.fasterxml.jackson.core:jackson-databind on the class path",
                withoutLibrary("com.fasterxml.", "json"));
        assertEquals("json", withoutLibrary("com.esotericsoftware.", "json"));
        assertEquals("kryo", withoutLibrary("com.fasterxml.", "kryo"));
    }

    @Test
    void neitherLibraryIsLoadedUnlessAskedFor() throws Exception {
        Isolated loader = new Isolated("none.");
        Class<?> serializers = loader.loadClass(Serializers.class.getName());
        serializers.getMethod("names").invoke(null);
        assertEquals(Set.of(), loader.libraries);
        serializers.getMethod("byName", String.class).invoke(null, "json");
        assertEquals(Set.of("com.fasterxml."), loader.libraries);
        serializers.getMethod("byName", String.class).invoke(null, "kryo");
        assertEquals(Set.of("com.esotericsoftware.", "com.fasterxml."), loader.libraries);
    }

    @Test
    void aRecordWrittenUnderOneSerializerOpensUnderAnother() {
        for (RecordBody body : SampleMessages.fixedBodies()) {
            for (String name : Serializers.names()) {
                Bytes bytes = RecordBodies.encode(Serializers.byName(name), body);
                assertEquals(body, RecordBodies.decode(bytes));
                assertEquals(body, RecordBodies.decode(bytes, Serializers.byName("kryo")));
                assertEquals(body, RecordBodies.decode(bytes, Serializers.byName("json")));
            }
        }
    }

    /** Each serializer is the twin of the other: what one has read, the other writes as it would have at once. */
    @Test
    void bothSerializersSayTheSameOfEveryRecordBody() {
        Serializer kryo = Serializers.byName("kryo");
        Serializer json = Serializers.byName("json");
        for (long seed = 1; seed <= 200; seed++) {
            for (RecordBody body : new SampleMessages(seed).bodyOfEachType()) {
                RecordBody fromKryo = RecordBodies.decode(RecordBodies.encode(kryo, body));
                RecordBody fromJson = RecordBodies.decode(RecordBodies.encode(json, body));
                assertEquals(body, fromKryo, "seed " + seed);
                assertEquals(RecordBodies.encode(json, body), RecordBodies.encode(json, fromKryo), "seed " + seed);
                assertEquals(RecordBodies.encode(kryo, body), RecordBodies.encode(kryo, fromJson), "seed " + seed);
                assertEquals(json.toText(fromJson), kryo.toText(fromKryo), "seed " + seed);
            }
        }
    }

    @Test
    void onlyAConfigurationIsTakenForOne() {
        RecordBody.ConfigurationBody configuration =
                (RecordBody.ConfigurationBody) SampleMessages.fixedBodies().getFirst();
        for (String name : Serializers.names()) {
            Serializer serializer = Serializers.byName(name);
            assertEquals(configuration.cluster(),
                    RecordBodies.configuration(RecordBodies.encode(serializer, configuration), serializer));
            Bytes closing = RecordBodies.encode(serializer, new RecordBody.SessionClosing(7));
            assertEquals("a record body that is no configuration at byte 8",
                    assertThrows(MalformedException.class, () -> RecordBodies.configuration(closing, serializer))
                            .getMessage());
        }
    }

    @Test
    void aRecordBodyThatIsDamagedSaysWhere() {
        Bytes good = RecordBodies.encode(Serializers.byName("kryo"), SampleMessages.fixedBodies().getFirst());
        assertEquals(List.of((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1),
                List.of(good.at(0), good.at(1), good.at(2), good.at(3), good.at(4), good.at(5), good.at(6),
                good.at(7)));
        assertEquals(5, assertThrows(MalformedException.class, () -> RecordBodies.decode(good.slice(0, 5))).position());
        byte[] newer = good.toByteArray();
        newer[7] = 2;
        LogOpenException e = assertThrows(LogOpenException.class, () -> RecordBodies.decode(Bytes.wrap(newer)));
        assertEquals(EndCause.OTHER_FORMAT, e.endCause());
        assertEquals("a record body of version 2 of serializer kryo, written by a newer version; this one reads up to"
                + " 1: start the newer version", e.getMessage());
        newer[7] = 0;
        assertThrows(MalformedException.class, () -> RecordBodies.decode(Bytes.wrap(newer)));
        byte[] damaged = good.toByteArray();
        damaged[9] = 77;
        assertEquals(9, assertThrows(MalformedException.class, () -> RecordBodies.decode(Bytes.wrap(damaged)))
                .position());
    }

    private static String problem(Runnable finding) {
        List<String> problems = assertThrows(ConfigException.class, finding::run).problems();
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().indexOf('\n') < 0);
        return problems.getFirst();
    }

    // The name of the serializer that is found where a library is missing, or the beginning of the one line of the
    // error.
    private static String withoutLibrary(String missing, String name) throws ReflectiveOperationException {
        Class<?> serializers = new Isolated(missing).loadClass(Serializers.class.getName());
        try {
            Object serializer = serializers.getMethod("byName", String.class).invoke(null, name);
            return (String) serializer.getClass().getMethod("name").invoke(serializer);
        } catch (InvocationTargetException e) {
            return e.getCause().getMessage().replaceFirst(" \\(.*\\)$", "");
        }
    }

    /** Loads Driftless and the libraries anew from the class path, notes which libraries, and lacks one of them. */
    private static final class Isolated extends ClassLoader {

        private final String missing;
        private final Set<String> libraries = new TreeSet<>();

        Isolated(String missing) {
            super(SerializersTest.class.getClassLoader());
            this.missing = missing;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            for (String library : List.of("com.esotericsoftware.", "com.fasterxml.")) {
                if (name.startsWith(library)) {
                    libraries.add(library);
                }
            }
            if (name.startsWith(missing)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.driftless.") && !name.startsWith("com.esotericsoftware.")
                    && !name.startsWith("com.fasterxml.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Claims an id that is not for users. */
    public static final class WithReservedId extends OwnSerializer {
        @Override
        public int id() {
            return 1;
        }
    }
}
