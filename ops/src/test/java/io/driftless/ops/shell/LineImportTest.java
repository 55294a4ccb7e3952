package io.driftless.ops.shell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.MachineClient;
import io.driftless.ops.cluster.MachineClient.Fate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** What an import counts, what it tells, and where it stops. */
class LineImportTest {

    private final MachineClient machine = new MachineClient();
    private final List<String> told = new ArrayList<>();
    private final List<Long> progress = new ArrayList<>();
    private long toldBytes;

    @Test
    void countsLinesAndBytes() throws Exception {
        LineImport.Tally tally = run("put a 1\n\n \t\nput b 2\r\ndelete a", attempt -> Fate.COMMITTED);
        assertEquals(new LineImport.Tally(3, 0, 0, 0, 0, 2, 5, 29, 0, tally.elapsedNs()), tally);
        assertTrue(tally.isAllCommitted());
        assertEquals(List.of(), told);
        assertEquals(29, toldBytes);
    }

    @Test
    void everyLineIsInOneCountAndProgressCountsBadOnesToo() throws Exception {
        LineImport.Tally tally = run("quota 150B\nput a 1\n\nnonsense\nput b " + "x".repeat(100) + "\nget a\n"
                + "put a 2\nput c 3\n", attempt -> attempt == 4 ? Fate.REJECTED : Fate.COMMITTED);
        assertEquals(new LineImport.Tally(2, 1, 1, 0, 2, 1, 7, 150, 7, tally.elapsedNs()), tally);
        assertEquals(tally.lines(), tally.committed() + tally.refused() + tally.rejected() + tally.unknown()
                + tally.bad() + tally.blank());
        assertEquals(tally.bytes(), toldBytes);
    }

    @Test
    void progressIsToldWhileAllLinesAreBad() throws Exception {
        LineImport.Tally tally = run("nonsense\n".repeat(200), attempt -> Fate.COMMITTED);
        assertEquals(200, tally.bad());
        // Every 64 lines of nine bytes, and at the end.
        assertEquals(List.of(576L, 1152L, 1728L, 1800L), progress);
    }

    /** The second line fails while the third waits for room: it is not read, and so not counted. */
    @Test
    void aLineThatWaitedForRoomWhenAnotherFailedIsNotRead() throws Exception {
        List<CompletableFuture<Outcome>> open = Collections.synchronizedList(new ArrayList<>());
        FutureTask<LineImport.Tally> importing = new FutureTask<>(() ->
                run("put a 1\nput b 2\nput c 3\n", slow(open), 2));
        Thread.ofPlatform().start(importing);
        await().atMost(Duration.ofMinutes(1)).until(() -> open.size() == 2);
        open.get(1).complete(new Outcome.Unknown(Outcome.Why.TIMEOUT));
        open.get(0).complete(new Outcome.Unknown(Outcome.Why.TIMEOUT));
        LineImport.Tally tally = importing.get();
        assertEquals(new LineImport.Tally(0, 0, 0, 2, 0, 0, 2, 16, 1, tally.elapsedNs()), tally);
    }

    @Test
    void linesThatFailAreToldInTheirOrder() throws Exception {
        List<CompletableFuture<Outcome>> open = Collections.synchronizedList(new ArrayList<>());
        FutureTask<LineImport.Tally> importing = new FutureTask<>(() ->
                run("put a 1\nnonsense\nput b 2\nput c 3\n", slow(open), 4));
        Thread.ofPlatform().start(importing);
        await().atMost(Duration.ofMinutes(1)).until(() -> open.size() == 3);
        for (int i = 2; i >= 0; i--) {
            open.get(i).complete(new Outcome.Unknown(Outcome.Why.TIMEOUT));
        }
        assertEquals(1, importing.get().stoppedAt());
        assertEquals(List.of("line 1: unknown: timeout",
                "line 2: bad: no command 'nonsense': put, get, cas, delete or quota", "line 3: unknown: timeout",
                "line 4: unknown: timeout"), told);
    }

    private static RaftClient slow(List<CompletableFuture<Outcome>> open) {
        return new RaftClient() {
            @Override
            public Outcome execute(byte[] command, Duration timeout) {
                return submit(command, timeout).join();
            }

            @Override
            public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
                CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                open.add(outcome);
                return outcome;
            }

            @Override
            public void close() { }
        };
    }

    @Test
    void anEmptyInputIsDone() throws Exception {
        assertTrue(run("", attempt -> Fate.COMMITTED).isAllCommitted());
    }

    @Test
    void stopsAtALineThatTheClusterRejected() throws Exception {
        assertStops(Fate.REJECTED, 1, 0, "line 3: rejected: no_leader: nobody leads");
    }

    @Test
    void stopsAtALineWhoseOutcomeIsUnknown() throws Exception {
        assertStops(Fate.UNKNOWN_DONE, 0, 1, "line 3: unknown: disconnected");
    }

    private void assertStops(Fate fate, long rejected, long unknown, String line) throws Exception {
        LineImport.Tally tally = run("put a 1\nnonsense\nput b 2\nput c 3\n", attempt -> attempt == 2 ? fate
                : Fate.COMMITTED);
        assertEquals(new LineImport.Tally(1, 0, rejected, unknown, 1, 0, 3, 25, 3, tally.elapsedNs()), tally);
        assertFalse(tally.isAllCommitted());
        assertEquals(List.of("line 2: bad: no command 'nonsense': put, get, cas, delete or quota", line), told);
    }

    @Test
    void whatTheStoreRefusesIsCountedAndTheRestGoesOn() throws Exception {
        LineImport.Tally tally = run("quota 150B\nput a 1\nput b " + "x".repeat(100) + "\nput a 2\n",
                attempt -> Fate.COMMITTED);
        assertEquals(3, tally.committed());
        assertEquals(1, tally.refused());
        assertFalse(tally.isAllCommitted());
        assertEquals(1, told.size());
        assertTrue(told.getFirst().startsWith("line 3: refused: quota_exceeded: "), told::toString);
    }

    private LineImport.Tally run(String lines, LongFunction<Fate> fates) throws Exception {
        return run(lines, machine.with(fates), 1);
    }

    private LineImport.Tally run(String lines, RaftClient client, int outstanding) throws Exception {
        LineImport.Watcher watcher = new LineImport.Watcher() {
            @Override
            public void at(long bytes, long count) {
                toldBytes = bytes;
                progress.add(bytes);
            }

            @Override
            public void failed(long number, String why) {
                told.add("line " + number + ": " + why);
            }
        };
        return new LineImport(KvClient.over(client), outstanding, Duration.ofSeconds(5), watcher)
                .run(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    }
}
