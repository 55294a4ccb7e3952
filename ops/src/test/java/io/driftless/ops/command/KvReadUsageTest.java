package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.machine.Consistency;
import io.driftless.ops.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How {@code kv get} is told what the value must show, and whom to ask; nobody is asked here. */
class KvReadUsageTest {

    @Test
    void aConsistencyIsAWord() {
        Consistencies words = new Consistencies();
        assertEquals(Consistency.LINEARIZABLE, words.convert("linearizable"));
        assertEquals(Consistency.STALE, words.convert("stale"));
        assertEquals(Consistency.LINEARIZABLE, words.convert("LINEARIZABLE"));
        assertEquals(Consistency.STALE, words.convert("Stale"));
        assertEquals(Consistency.atLeast(7), words.convert("At-Least:7"));
        assertEquals(Consistency.atLeast(0), words.convert("at-least:0"));
        assertEquals(Consistency.atLeast(999_999_999_999_999_999L), words.convert("at-least:999999999999999999"));
    }

    @Test
    void otherWordsAreBadUsage() {
        for (String wrong : new String[] {"eventual", "at-least", "at-least:", "at-least:-1", "stale ", ""}) {
            refused("Invalid value for option '--consistency': '" + wrong + "' is not linearizable, stale, or "
                    + "at-least:INDEX such as at-least:42\nsee 'driftless kv get --help'", "--consistency", wrong);
        }
        refused("--member: 'n9' is neither HOST:PORT nor a name that --cluster has, such as n2 in n2=HOST:PORT",
                "--member", "n9");
        refused("--member: '127.0.0.1:0': nobody can be reached at port 0", "--member", "127.0.0.1:0");
    }

    private static void refused(String why, String... options) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] get = Stream.concat(Stream.of("kv", "get", "k", "--cluster", "n1=127.0.0.1:1"), Stream.of(options))
                .toArray(String[]::new);
        assertEquals(2, CommandTree.execute(Console.of(InputStream.nullInputStream(), out, err), get));
        assertEquals("driftless: " + why + "\n", err.toString(StandardCharsets.UTF_8));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }
}
