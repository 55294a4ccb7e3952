package io.driftless.ops.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.ops.kv.KvCommand;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShellLineTest {

    @Test
    void readsEveryCommand() throws Exception {
        assertEquals(new KvCommand.Put(text("k"), text("v")), parse("put k v"));
        assertEquals(new KvCommand.Get(text("k")), parse("get k"));
        assertEquals(new KvCommand.Delete(text("k")), parse("delete k"));
        assertEquals(new KvCommand.Cas(text("k"), text("old"), text("new")), parse("cas k old new"));
        assertEquals(new KvCommand.Create(text("k"), text("new")), parse("cas k null new"));
    }

    @Test
    void quotedNullIsText() throws Exception {
        assertEquals(new KvCommand.Cas(text("k"), text("null"), text("null")), parse("cas k \"null\" \"null\""));
        assertEquals(new KvCommand.Put(text("null"), text("null")), parse("put null null"));
    }

    @Test
    void quotesTakeBlanksAndTheEscapesOfJson() throws Exception {
        assertEquals(new KvCommand.Put(text("a key"), text("a \"b\"\n\\ \u00e9 \u00e9")),
                parse("put \"a key\" \"a \\\"b\\\"\\n\\\\ \\u00e9 \u00e9\""));
        assertEquals(new KvCommand.Put(text("k"), Bytes.EMPTY), parse("put k \"\""));
        assertEquals(new KvCommand.Put(text("\ud83d\ude00"), text("{}")), parse("put \ud83d\ude00 {}"));
    }

    @Test
    void aSingleQuoteInsideAWordOrInDoubleQuotesIsItself() throws Exception {
        assertEquals(new KvCommand.Put(text("it's"), text("'quoted'")), parse("put it's \"'quoted'\""));
    }

    @Test
    void blanksAroundWordsDoNotCount() throws Exception {
        assertEquals(new KvCommand.Put(text("k"), text("v")), parse("  put \t k   v \r"));
        assertEquals(Optional.empty(), ShellLine.parse(""));
        assertEquals(Optional.empty(), ShellLine.parse("  \t\r"));
    }

    @Test
    void saysWhatIsWrong() {
        assertBad("frobnicate k", "no command 'frobnicate'");
        assertBad("PUT k v", "no command 'PUT'");
        assertBad("put k", "1 word behind 'put', not 2");
        assertBad("put k two words", "3 words behind 'put'");
        assertBad("get", "0 words");
        assertBad("cas k old null", "the new value is null");
        assertBad("put k \"open", "column 7: the quote is not closed");
        assertBad("put k \"bad \\x escape\"", "column 7: not a JSON string");
        assertBad("put k \"a\"b", "column 10: a blank is missing");
        assertBad("put k 'a value'", "column 7: single quotes do not quote here");
        assertBad("put k a\"b", "column 8: a quote inside a word");
        assertBad("put k \"ends in a backslash\\", "not closed");
    }

    private static KvCommand parse(String line) throws Exception {
        return ShellLine.parse(line).orElseThrow();
    }

    private static void assertBad(String line, String message) {
        Exception bad = assertThrows(ShellLine.BadLineException.class, () -> ShellLine.parse(line));
        assertTrue(List.of(String.valueOf(bad.getMessage())).getFirst().contains(message), bad.getMessage());
    }

    private static Bytes text(String text) {
        return Bytes.utf8(text);
    }
}
