package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.SyncFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part of {@link RaftLogContract} that takes more threads than one, and what both parts need. */
abstract class RaftLogThreadsContract {

    private @Nullable RaftLog opened;

    /** Opens the log of this test: empty the first time, with what was left later. The previous one is closed. */
    protected abstract RaftLog open();

    /** Has every later sync of the log that is open fail; without it, what a failed sync does is not tried. */
    protected void failSyncs() {
        Assumptions.abort("the log's syncs cannot be made to fail");
    }

    /** An entry with a payload made of its numbers. */
    protected static LogEntry entry(long index, long term) {
        return new LogEntry(index, term, 1_700_000_000_000L + index, EntryType.COMMAND, index % 7, index % 5,
                (int) (index % 3), Bytes.utf8("entry " + index + " of term " + term));
    }

    /** Entries {@code from..to} of one term. */
    protected static List<LogEntry> entries(long from, long to, long term) {
        List<LogEntry> entries = new ArrayList<>();
        for (long index = from; index <= to; index++) {
            entries.add(entry(index, term));
        }
        return entries;
    }

    @BeforeEach
    void openFirst() {
        opened = open();
    }

    @AfterEach
    void closeLast() {
        log().close();
    }

    RaftLog log() {
        return java.util.Objects.requireNonNull(opened);
    }

    RaftLog reopen() {
        log().close();
        opened = open();
        return log();
    }

    static void assertHolds(RaftLog log, List<LogEntry> expected) {
        try (LogReader reader = log.reader()) {
            long first = expected.get(0).index();
            long last = expected.get(expected.size() - 1).index();
            assertEquals(last, log.lastIndex());
            List<LogEntry> found = new ArrayList<>();
            while (found.size() < expected.size()) {
                List<LogEntry> part = reader.read(first + found.size(), last, 1_000);
                assertFalse(part.isEmpty(), "nothing at " + (first + found.size()));
                found.addAll(part);
            }
            assertEquals(expected, found);
            for (LogEntry entry : expected) {
                assertTrue(reader.seek(entry.index()));
                assertEquals(entry, reader.entry());
                assertEquals(entry.term(), log.termAt(entry.index()));
            }
        }
    }

    /** A thread beside the test's own; its failure is one of the test. */
    private static final class Beside {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch stop = new CountDownLatch(1);
        private final Thread thread;

        /** Runs {@code round} again and again until {@link #end}. */
        Beside(Runnable round) throws InterruptedException {
            thread = new Thread(() -> {
                try {
                    while (stop.getCount() > 0) {
                        round.run();
                        started.countDown();
                    }
                } catch (Throwable e) {
                    failure.set(e);
                    started.countDown();
                }
            });
            thread.start();
            started.await();
        }

        void end() throws InterruptedException {
            stop.countDown();
            thread.join();
            if (failure.get() != null) {
                throw new AssertionError("another thread failed", failure.get());
            }
        }
    }

    @Test
    void readersOnOtherThreadsNeverSeeAMixture() throws InterruptedException {
        log().append(entries(1, 20, 1));
        LogReader reader = log().reader();
        Beside reading = new Beside(() -> {
            long term = 0;
            long index = 1;
            for (LogEntry entry : reader.read(1, 30, 1_000_000)) {
                assertEquals(entry(index, entry.term()), entry);
                assertTrue(entry.term() >= term, "a superseded entry after a newer one");
                term = entry.term();
                index++;
            }
        });
        for (int term = 2; term < 400; term++) {
            long from = 1 + term * 7 % 15;
            log().overwrite(from, entries(from, Math.min(from + 5, 20), term));
            log().append(entries(log().lastIndex() + 1, 21, term));
        }
        reading.end();
        reader.close();
    }

    @Test
    void aReaderThatMeetsCompactionResetAndCloseGetsACleanAnswer() throws InterruptedException {
        log().append(entries(1, 3_000, 1));
        log().sync();
        LogReader reader = log().reader();
        AtomicLong next = new AtomicLong();
        AtomicLong closing = new AtomicLong();
        Beside reading = new Beside(() -> {
            long i = next.incrementAndGet() % 3_000 + 1;
            try {
                if (reader.seek(i)) {
                    assertEquals(entry(i, reader.term()), reader.entry());
                }
                for (LogEntry entry : reader.read(i, i + 20, 2_000)) {
                    assertEquals(entry(entry.index(), entry.term()), entry);
                }
            } catch (LogCompactedException e) {
                assertTrue(e.firstIndex() > i, e.getMessage());
            } catch (LogClosedException e) {
                assertEquals(1, closing.get());
            }
        });
        for (int round = 2; round < 20; round++) {
            for (long upTo = log().firstIndex(); upTo < log().lastIndex(); upTo += 300) {
                log().compact(upTo);
            }
            log().reset(0, 0);
            log().append(entries(1, 3_000, round));
            log().sync();
        }
        closing.set(1);
        log().close();
        reading.end();
        reader.close();
    }

    @Test
    void aReaderWaitsForTheNextEntryAndForTheClosing() throws InterruptedException {
        RaftLog log = log();
        assertFalse(log.awaitBeyond(0, Duration.ofMillis(1)), "there is none");
        AtomicLong reached = new AtomicLong();
        AtomicReference<LogClosedException> ended = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    if (log.awaitBeyond(reached.get(), Duration.ofMinutes(1))) {
                        reached.incrementAndGet();
                    }
                }
            } catch (LogClosedException closed) {
                ended.set(closed);
            } catch (InterruptedException nobodyDoesThis) {
                throw new IllegalStateException(nobodyDoesThis);
            }
        });
        for (int i = 1; i <= 200; i++) {
            log.append(entries(i, i, 1));
            if (i % 20 == 0) {
                while (reached.get() < i) {
                    Thread.onSpinWait();
                }
            }
        }
        assertTrue(log.awaitBeyond(0, Duration.ZERO));
        log.close();
        waiting.join();
        assertNotNull(ended.get());
        assertEquals(200, reached.get());
        assertThrows(LogClosedException.class, () -> log.awaitBeyond(0, Duration.ZERO));
    }

    @Test
    void aReaderWaitsForEverIfTheTimeoutIsThatLong() throws InterruptedException {
        log().append(entries(1, 1, 1));
        assertTrue(log().awaitBeyond(0, Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void aReaderThatWaitsLearnsOfAFailedSyncAtOnce() throws InterruptedException {
        RaftLog log = log();
        log.append(entries(1, 1, 1));
        AtomicReference<SyncFailedException> told = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                log.awaitBeyond(1, Duration.ofMinutes(1));
            } catch (SyncFailedException failed) {
                told.set(failed);
            } catch (InterruptedException nobodyDoesThis) {
                throw new IllegalStateException(nobodyDoesThis);
            }
        });
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        failSyncs();
        assertThrows(SyncFailedException.class, log::sync);
        assertTrue(waiting.join(Duration.ofSeconds(50)), "still waiting");
        assertNotNull(told.get());
    }

    @Test
    void readersThatMeetTheClosingGetACleanAnswerEachTime() throws InterruptedException {
        for (int round = 1; round <= 10; round++) {
            RaftLog closing = round == 1 ? log() : reopen();
            closing.append(entries(closing.lastIndex() + 1, closing.lastIndex() + 50, 1));
            long last = closing.lastIndex();
            LogReader reader = closing.reader();
            Beside reading = new Beside(() -> {
                try (LogReader another = closing.reader()) {
                    assertTrue(reader.seek(last) && another.seek(last - 1));
                    assertEquals(entries(last - 20, last, 1), reader.read(last - 20, last, 1_000_000));
                    assertEquals(entry(last - 1, 1), another.entry());
                } catch (LogClosedException e) {
                    assertThrows(LogClosedException.class, closing::lastIndex);
                }
            });
            closing.close();
            reading.end();
            reader.close();
        }
    }

    @Test
    void aSyncOnAnotherThreadNeverTakesWhatIsBeingOverwrittenForDurable() throws InterruptedException {
        log().append(entries(1, 20, 1));
        Beside syncing = new Beside(() -> log().sync());
        for (int term = 2; term < 2_000; term++) {
            long from = 1 + term * 7 % 15;
            log().overwrite(from, entries(from, from + 2, term));
            assertTrue(log().durableIndex() <= log().lastIndex(), "durable beyond the last index");
            log().append(entries(log().lastIndex() + 1, 20, term));
        }
        syncing.end();
        log().sync();
        assertEquals(20, log().durableIndex());
    }

    @Test
    void syncOnAnotherThreadCoversWhatReturnedBefore() throws InterruptedException {
        AtomicLong before = new AtomicLong();
        Beside syncing = new Beside(() -> {
            long covered = log().sync();
            assertTrue(covered >= before.getAndSet(covered), "went back to " + covered);
        });
        for (long index = 1; index <= 2_000; index++) {
            log().append(List.of(entry(index, 1)));
        }
        syncing.end();
        log().sync();
        assertEquals(2_000, log().durableIndex());
        assertHolds(reopen(), entries(1, 2_000, 1));
    }
}
