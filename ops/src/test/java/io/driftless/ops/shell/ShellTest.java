package io.driftless.ops.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.MachineClient;
import io.driftless.ops.cluster.MachineClient.Fate;
import io.driftless.ops.console.ClosedPipeException;
import io.driftless.ops.console.Console;
import io.driftless.ops.kv.KvCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final MachineClient machine = new MachineClient();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsOneObjectALineInOrder() throws Exception {
        assertTrue(run(true,
                "put k \"a value\"\nget k\ncas k \"a value\" b\ncas k x c\ncas new null 1\nget absent\ndelete k\n"));
        assertEquals(List.of(
                "{'op':'put','key':'k','outcome':'committed','index':1,'value':null,'micros':0,"
                        + "'reason':null,'version':1,'ok':true}",
                "{'op':'get','key':'k','outcome':'answered','index':1,'value':'a value','micros':0,"
                        + "'reason':null,'version':1,'age_ms':2}",
                "{'op':'cas','key':'k','outcome':'committed','index':2,'value':null,'micros':0,"
                        + "'reason':null,'version':2,'ok':true}",
                "{'op':'cas','key':'k','outcome':'committed','index':3,'value':null,'micros':0,"
                        + "'reason':null,'version':null,'ok':false}",
                "{'op':'cas','key':'new','outcome':'committed','index':4,'value':null,'micros':0,"
                        + "'reason':null,'version':1,'ok':true}",
                "{'op':'get','key':'absent','outcome':'answered','index':4,'value':null,'micros':0,"
                        + "'reason':null,'version':null,'age_ms':2}",
                "{'op':'delete','key':'k','outcome':'committed','index':5,'value':null,'micros':0,"
                        + "'reason':null,'version':null,'ok':true}"),
                lines());
    }

    @Test
    void aValueThatIsNotUtf8IsBase64() throws Exception {
        machine.execute(new KvCommand.Put(Bytes.utf8("k"), Bytes.wrap(new byte[] {(byte) 0xFF, 0})).encode(), TIMEOUT);
        assertTrue(run(true, "get k\n"));
        assertEquals(List.of("{'op':'get','key':'k','outcome':'answered','index':1,'value':null,"
                + "'value_base64':'/wA=','micros':0,'reason':null,'version':1,'age_ms':2}"), lines());
    }

    @Test
    void tellsABadLineAndGoesOn() throws Exception {
        assertFalse(run(true, "bogus\nput k v"));
        assertEquals("{'op':null,'error':'line 1: no command 'bogus': put, get, cas, delete or quota'}",
                lines().getFirst());
        assertTrue(lines().get(1).startsWith("{'op':'put'"), lines().get(1));
    }

    @Test
    void aLineThatIsNotUtf8IsABadLine() throws Exception {
        byte[] input = {'g', 'e', 't', ' ', (byte) 0xC3, '\n', 'g', 'e', 't', ' ', 'k', '\n'};
        assertFalse(shell(true, input, out).run());
        assertEquals("{'op':null,'error':'line 1: the line is not UTF-8'}", lines().getFirst());
        assertEquals(2, lines().size());
    }

    @Test
    void rejectedAndUnknownEndWithFailure() throws Exception {
        machine.with(attempt -> attempt == 1 ? Fate.REJECTED : attempt == 2 ? Fate.UNKNOWN_LOST : Fate.COMMITTED);
        assertFalse(run(true, "cas k a b\nput k v\nput k v\n"));
        assertEquals(List.of(
                "{'op':'cas','key':'k','outcome':'rejected','index':null,'value':null,"
                        + "'micros':0,'reason':'no_leader: nobody leads','version':null,'ok':null}",
                "{'op':'put','key':'k','outcome':'unknown','index':null,'value':null,'micros':0,"
                        + "'reason':'timeout','version':null,'ok':null}",
                "{'op':'put','key':'k','outcome':'committed','index':1,'value':null,'micros':0,"
                        + "'reason':null,'version':1,'ok':true}"),
                lines());
    }

    @Test
    void forPeopleAValueIsWrittenAsItIs() throws Exception {
        assertTrue(run(false, "put k \"a\\nb\"\nget k\nget absent\n\ncas k x y\n"));
        assertEquals("written, version 1 (index 1)\na\nb\nnot written: another value is there (index 2)\n",
                out.toString(StandardCharsets.UTF_8));
        assertEquals("absent (index 1)\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aClosedPipeEndsIt() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThrows(ClosedPipeException.class, () -> shell(true, "get k\nget k\n".getBytes(StandardCharsets.UTF_8),
                closed).run());
    }

    private boolean run(boolean json, String input) throws IOException {
        return shell(json, input.getBytes(StandardCharsets.UTF_8), out).run();
    }

    private Shell shell(boolean json, byte[] input, OutputStream output) {
        return new Shell(Console.of(new ByteArrayInputStream(input), output, err), KvClient.over(machine), TIMEOUT,
                json);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().map(line -> line.replace('"', '\'')
                .replaceAll("'micros':\\d+", "'micros':0")).toList();
    }
}
