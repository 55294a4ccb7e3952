package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ConfigException;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeSettings;
import io.driftless.ops.bank.BankMachine;
import io.driftless.ops.cluster.SentCommand;
import io.driftless.ops.kv.KeyValueMachine;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which state machines a configuration can name, and what is said of those that it cannot. */
class MachineSourceTest {

    private static final String GOOD = "cluster.id=c\ncluster.members=n1=127.0.0.1:7001\nnode.id=n1\ndata.dir=d\n";
    private static final String BODY = """
            public long open(io.driftless.machine.MachineContext context) { return 0; }
            public io.driftless.machine.Result apply(io.driftless.machine.Command command) {
                return io.driftless.machine.Result.ok(Note.TEXT);
            }
            public void close() { }
            """;

    @TempDir
    private Path folder;

    @Test
    void withoutANameItIsTheKeyValueMachine() throws IOException {
        MachineSource source = source("", "");
        assertInstanceOf(KeyValueMachine.class, source.get());
        assertEquals("io.driftless.ops.kv.KeyValueMachine", source.description());
        assertInstanceOf(KeyValueMachine.class, source("", "state.machine.path=" + folder + "\n").get());
    }

    @Test
    void anEmptyNameIsTheKeyValueMachineTooAndItIsSaid() throws IOException {
        MachineSource source = named("", folder.toString());
        assertInstanceOf(KeyValueMachine.class, source.get());
        assertEquals("io.driftless.ops.kv.KeyValueMachine", source.description());
    }

    @Test
    void aClassOfTheApplicationNeedsNoPath() throws IOException {
        assertInstanceOf(BankMachine.class, named(BankMachine.class.getName(), "").get());
    }

    @Test
    void eachCallMakesAnotherOne() throws IOException {
        MachineSource source = named(BankMachine.class.getName(), "");
        StateMachine first = source.get();
        StateMachine second = source.get();
        assertNotSame(first, second);
        assertNotSame(second, source.get());
    }

    @Test
    void aClassIsFoundInAJarInAFolderAndBesideAllJarsOfAFolder() throws Exception {
        Path classes = compiled();
        Path libraries = Files.createDirectory(folder.resolve("libraries"));
        Path jar = SampleClasses.jar(classes, libraries.resolve("own.JAR"));
        Files.writeString(libraries.resolve("read.me"), "not a jar, and passed over");
        for (String path : List.of(classes.toString(), jar.toString(), libraries + "/*",
                classes + File.pathSeparator + jar)) {
            MachineSource source = named("own.Good", path);
            StateMachine machine = source.get();
            assertSame(source.loader(), machine.getClass().getClassLoader(), path);
            // What it uses itself comes from there too.
            assertEquals("a note", machine.apply(new SentCommand(1, new byte[0])).text());
            assertEquals("own.Good from " + path.replace(File.pathSeparator, ", "), source.description());
        }
        assertInstanceOf(StateMachine.class, named("own.Outer$Nested", classes.toString()).get());
    }

    @Test
    void whatTheApplicationHasWinsOverThePath() throws Exception {
        Path copy = SampleClasses.compile(folder.resolve("copy"), Map.of("io/driftless/ops/bank/BankMachine.java",
                "package io.driftless.ops.bank; public class BankMachine { }"));
        assertSame(BankMachine.class, named(BankMachine.class.getName(), copy.toString()).get().getClass());
    }

    @Test
    void aClassThatCannotBeUsedIsOneLineWithKeyAndValue() throws Exception {
        Path classes = compiled();
        String at = classes.toString();
        assertProblem("state.machine: 'com.example.Typo': there is no such class in this application, and "
                + "state.machine.path is not set", "com.example.Typo", "");
        assertProblem("state.machine: 'own.Typo': there is no such class in state.machine.path=" + at, "own.Typo", at);
        assertProblem("state.machine: 'own.Note': does not implement io.driftless.machine.StateMachine", "own.Note",
                at);
        assertProblem("state.machine: 'java.lang.String': does not implement io.driftless.machine.StateMachine",
                "java.lang.String", "");
        for (String unfit : List.of("own.Hidden", "own.Abstract", "io.driftless.machine.StateMachine")) {
            assertProblem("state.machine: '" + unfit + "': is not a public class that can be instantiated", unfit, at);
        }
        for (String unfit : List.of("own.NeedsMore", "own.Private", "own.Outer$Inner")) {
            assertProblem("state.machine: '" + unfit + "': has no public constructor without parameters", unfit, at);
        }
        assertProblem("state.machine: 'own.Throws': its constructor threw java.lang.IllegalStateException: no, and on "
                + "two lines", "own.Throws", at);
        assertProblem("state.machine: 'own.ThrowsEarly': its static initializer threw java.lang.ArithmeticException: "
                + "/ by zero", "own.ThrowsEarly", at);
        // Its superclass is missing.
        Files.delete(classes.resolve("own/Abstract.class"));
        assertProblem("state.machine: 'own.Orphan': cannot be loaded: java.lang.NoClassDefFoundError: own/Abstract",
                "own.Orphan", at);
        Files.write(classes.resolve("own/Good.class"), new byte[] {1, 2, 3});
        assertTrue(problem("own.Good", at).startsWith("state.machine: 'own.Good': cannot be loaded: "
                + "java.lang.ClassFormatError: "));
    }

    @Test
    void aFolderOfJarsWithoutItsStarIsNamed() throws IOException {
        Path jars = Files.createDirectory(folder.resolve("jars"));
        SampleClasses.jar(compiled(), jars.resolve("own.jar"));
        assertProblem("state.machine: 'own.Good': there is no such class in state.machine.path=" + jars + "; '" + jars
                + "' holds jars: did you mean " + jars + "/*?", "own.Good", jars.toString());
        named("own.Good", jars + "/*");
    }

    @Test
    void eachPlaceThatIsOfNoUseIsALine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        String absent = folder.resolve("absent.jar").toString();
        String path = String.join(File.pathSeparator, absent, text.toString(), empty + "/*", text + "/*",
                absent + "/*");
        String at = folder.resolve("node.properties") + ":6: ";
        assertEquals(List.of(
                at + "state.machine.path: '" + absent + "': no such file or folder",
                at + "state.machine.path: '" + text + "': is no jar (zip END header not found)",
                at + "state.machine.path: '" + empty + "/*': there is no jar in this folder",
                at + "state.machine.path: '" + text + "/*': is not a folder",
                at + "state.machine.path: '" + absent + "/*': no such file or folder"),
                assertThrows(ConfigException.class, () -> named("own.Good", path)).problems());
    }

    @Test
    void aPlaceOfNoUseIsAProblemAlsoWhereNoClassIsNamed() {
        String absent = folder.resolve("absent.jar").toString();
        assertEquals(List.of(folder.resolve("node.properties") + ":5: state.machine.path: '" + absent
                + "': no such file or folder"), assertThrows(ConfigException.class,
                () -> source("", "state.machine.path=" + absent + "\n")).problems());
    }

    @Test
    void aConstructorThatThrowsLaterEndsTheNodeAsAThrowingMachineDoes() throws Exception {
        MachineSource source = named("own.Once", compiled().toString());
        source.get();
        NodeStartException refused = assertThrows(NodeStartException.class, source::get);
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertEquals("state.machine: 'own.Once': its constructor threw java.lang.IllegalStateException: once",
                refused.getMessage());
    }

    private Path compiled() throws IOException {
        String machine = " implements io.driftless.machine.StateMachine {";
        return SampleClasses.compile(folder.resolve("classes"), Map.of(
                "own/Note.java", "package own; public class Note { static String TEXT = \"a note\"; }",
                "own/Good.java", "package own; public class Good" + machine + BODY + "}",
                "own/Outer.java", "package own; public class Outer { public static class Nested" + machine + BODY
                        + "} public class Inner" + machine + BODY + "} }",
                "own/Hidden.java", "package own; class Hidden" + machine + " public Hidden() { }" + BODY + "}",
                "own/Abstract.java", "package own; public abstract class Abstract" + machine + BODY + "}",
                "own/Orphan.java", "package own; public class Orphan extends Abstract { }",
                "own/NeedsMore.java", "package own; public class NeedsMore" + machine + " public NeedsMore(int n) { }"
                        + BODY + "}",
                "own/Private.java", "package own; public class Private" + machine + " private Private() { }" + BODY
                        + "}",
                "own/Throws.java", "package own; public class Throws" + machine
                        + " public Throws() { throw new IllegalStateException(\"no,\\n and on two lines\"); }" + BODY
                        + "}",
                "own/Others.java", "package own; class Others { static int made; }"),
                Map.of("own/ThrowsEarly.java", "package own; public class ThrowsEarly" + machine
                        + " static int n = 1 / Others.made;" + BODY + "}",
                "own/Once.java", "package own; public class Once" + machine
                        + " public Once() { if (Others.made++ > 0) { throw new IllegalStateException(\"once\"); } }"
                        + BODY + "}"));
    }

    @Test
    void aProblemOfAVariableNamesTheVariable() throws IOException {
        Path file = Files.writeString(folder.resolve("node.properties"), GOOD);
        NodeSettings settings = NodeSettings.load(file, Map.of("DRIFTLESS_STATE_MACHINE", "own.Typo"));
        assertEquals(List.of("DRIFTLESS_STATE_MACHINE: state.machine: 'own.Typo': there is no such class in this "
                + "application, and state.machine.path is not set"),
                assertThrows(ConfigException.class, () -> MachineSource.of(settings)).problems());
    }

    private void assertProblem(String line, String name, String path) {
        assertEquals(line, problem(name, path));
    }

    /** Without its place, which is checked here. */
    private String problem(String name, String path) {
        List<String> problems = assertThrows(ConfigException.class, () -> named(name, path)).problems();
        assertEquals(1, problems.size(), problems::toString);
        String at = folder.resolve("node.properties") + ":5: ";
        assertTrue(problems.getFirst().startsWith(at), problems::toString);
        return problems.getFirst().substring(at.length());
    }

    private MachineSource named(String name, String path) throws IOException {
        return source("state.machine=" + name + "\n", path.isEmpty() ? "" : "state.machine.path=" + path + "\n");
    }

    private MachineSource source(String name, String path) throws IOException {
        Path file = Files.writeString(folder.resolve("node.properties"), GOOD + name + path);
        return MachineSource.of(NodeSettings.load(file, Map.of()));
    }
}
