package io.driftless.ops.kv;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.ops.cluster.SentCommand;
import io.driftless.tck.StateMachineContract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The key-value machine keeps the contract of state machines, and its snapshots are what they were taken of. */
class KvSnapshotTest extends StateMachineContract<KeyValueMachine> {

    private static final int VIEWS = 200;
    private static final int KEYS = 2000;

    private final KeyValueMachine machine = new KeyValueMachine();

    /** All that a machine says of its state. */
    private record Said(KvAnswer.Digest digest, KvReply usage, List<KvAnswer.Row> rows) { }

    @Override
    protected KeyValueMachine machine(Path directory) {
        return new KeyValueMachine();
    }

    @Override
    protected byte[] command(Random random) {
        return command(random, 20);
    }

    private static byte[] command(Random random, int keys) {
        Bytes key = number(random.nextInt(keys));
        Bytes value = number(random.nextInt(3)).slice(0, random.nextInt(5));
        return (switch (random.nextInt(8)) {
            case 0 -> new KvCommand.Get(key);
            case 1 -> new KvCommand.Create(key, value);
            case 2 -> new KvCommand.Cas(key, number(random.nextInt(3)).slice(0, 4), value);
            case 3, 4 -> new KvCommand.Delete(key);
            case 5 -> random.nextInt(10) > 0 ? new KvCommand.Usage()
                    : new KvCommand.SetQuota(keys * (70L + random.nextInt(40)));
            default -> new KvCommand.Put(key, value);
        }).encode();
    }

    private static Bytes number(int number) {
        return Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    @Override
    protected Object state(KeyValueMachine machine) {
        return said(machine);
    }

    @Override
    protected List<byte[]> queries() {
        return List.of(new KvQuery.Summary().encode(), new KvQuery.Scan(Bytes.EMPTY, Bytes.EMPTY, 1000).encode(),
                new KvQuery.Scan(Bytes.EMPTY, number(7), 3).encode());
    }

    @Test
    void aViewThatIsWrittenWhileCommandsAreAppliedIsTheStateOfItsIndex() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long index = 0;
        while (index < 2 * KEYS) {
            machine.apply(new SentCommand(++index, command(random, KEYS)));
        }
        long during = 0;
        for (int view = 1; view <= VIEWS; view++) {
            Said expected = said(machine);
            MachineSnapshot snapshot = machine.snapshot();
            CompletableFuture<byte[]> written = CompletableFuture.supplyAsync(() -> bytes(snapshot));
            while (!written.isDone()) {
                machine.apply(new SentCommand(++index, command(random, KEYS)));
                during++;
            }
            String where = "view " + view + ", seed " + seed;
            KeyValueMachine restored = new KeyValueMachine();
            long last = index;
            assertDoesNotThrow(() -> restored.restore(new ByteArrayInputStream(written.join()), last), where);
            assertEquals(expected, said(restored), where);
        }
        assertTrue(during > 0, "no command was applied during " + VIEWS + " views, seed " + seed);
    }

    @Test
    void theQuotaIsPartOfASnapshot() throws Exception {
        apply(new KvCommand.SetQuota(300));
        apply(new KvCommand.Put(Bytes.utf8("k"), Bytes.utf8("value")));
        KeyValueMachine restored = new KeyValueMachine();
        restored.restore(new ByteArrayInputStream(bytes(machine.snapshot())), 2);
        assertEquals(new KvReply.Usage(1, 106, 300), usage(restored));
        assertEquals(machine.gauges(), restored.gauges());
        assertEquals(KeyValueMachine.QUOTA_EXCEEDED, restored.apply(new SentCommand(3,
                new KvCommand.Put(Bytes.utf8("j"), Bytes.wrap(new byte[100])).encode())).code());
    }

    @Test
    void theFormatStaysAsItIs() {
        apply(new KvCommand.SetQuota(300));
        apply(new KvCommand.Put(Bytes.utf8("k"), Bytes.utf8("v")));
        StateHash hash = said(machine).digest().hash();
        byte[] expected = ByteBuffer.allocate(53).put((byte) 1).putLong(300).put((byte) 1).putInt(1).put((byte) 'k')
                .putLong(1).putInt(1).put((byte) 'v').put((byte) 0).putLong(1).putLong(hash.high())
                .putLong(hash.low()).array();
        assertEquals(Bytes.wrap(expected), Bytes.wrap(bytes(machine.snapshot())));
    }

    @Test
    void everyStreamThatIsCutIsRefusedAndChangesNothing() {
        apply(new KvCommand.Put(Bytes.utf8("key"), Bytes.utf8("value")));
        apply(new KvCommand.Put(Bytes.utf8("other"), Bytes.utf8("value")));
        byte[] whole = bytes(machine.snapshot());
        Said before = said(machine);
        for (int length = 0; length < whole.length; length++) {
            assertEquals("ends early", refused(Arrays.copyOf(whole, length)).split(" at byte ", 2)[0]);
        }
        assertEquals("goes on behind its end at byte 86", refused(Arrays.copyOf(whole, whole.length + 1)));
        assertEquals(before, said(machine));
    }

    @Test
    void everyByteThatIsChangedIsRefused() {
        apply(new KvCommand.Put(Bytes.utf8("key"), Bytes.utf8("value")));
        apply(new KvCommand.Put(Bytes.utf8("other"), Bytes.utf8("value")));
        byte[] whole = bytes(machine.snapshot());
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                refused(damaged);
            }
        }
        whole[0] = 2;
        assertEquals("a key-value snapshot of version 2, not 1 at byte 1", refused(whole));
    }

    private String refused(byte[] stream) {
        String message = String.valueOf(assertThrows(MalformedException.class,
                () -> machine.restore(new ByteArrayInputStream(stream), 1)).getMessage());
        assertNotEquals("", message);
        assertEquals(1, message.lines().count());
        return message;
    }

    private void apply(KvCommand command) {
        assertTrue(machine.apply(new SentCommand(1, command.encode())).isOk());
    }

    private static byte[] bytes(MachineSnapshot snapshot) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (snapshot) {
            snapshot.writeTo(out);
        } catch (Exception problem) {
            throw new AssertionError(problem);
        }
        return out.toByteArray();
    }

    private static Said said(KeyValueMachine machine) {
        KvAnswer.Page page = (KvAnswer.Page) ask(machine, new KvQuery.Scan(Bytes.EMPTY, Bytes.EMPTY, 10 * KEYS));
        assertTrue(!page.more(), "all rows fit one page");
        return new Said((KvAnswer.Digest) ask(machine, new KvQuery.Summary()), usage(machine), page.rows());
    }

    private static KvReply usage(KeyValueMachine machine) {
        Result result = machine.apply(new SentCommand(1, new KvCommand.Usage().encode()));
        return KvReply.decode(ByteBuffer.wrap(result.value()));
    }

    private static KvAnswer ask(KeyValueMachine machine, KvQuery query) {
        return KvAnswer.decode(ByteBuffer.wrap(machine.query(ByteBuffer.wrap(query.encode()), 1).value()));
    }
}
