package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.RaftLog;
import io.driftless.tck.RaftLogModelContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The log in memory, and that the check finds a wrong one and says so in few operations. */
class InMemoryLogModelTest extends RaftLogModelContract {

    /** A log of which one call is answered wrongly. */
    @FunctionalInterface
    private interface Mistake {
        Object answer(RaftLog log, Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    private record MemoryPlace(MemoryDisk disk, Function<RaftLog, RaftLog> around) implements Place {

        @Override
        public RaftLog open() {
            return around.apply(new InMemoryLog(disk));
        }

        @Override
        public void close() { }
    }

    @Override
    protected Place place() {
        return new MemoryPlace(new MemoryDisk(), log -> log);
    }

    /** The operations that the check names, without their numbers. */
    private static List<String> found(Mistake mistake) {
        InMemoryLogModelTest test = new InMemoryLogModelTest() {
            @Override
            protected Place place() {
                return new MemoryPlace(new MemoryDisk(), log -> wrong(log, mistake));
            }
        };
        String message = assertThrows(AssertionError.class, () -> test.check(11, 1_000)).getMessage();
        assertTrue(message.startsWith("seed 11;"), message);
        return message.lines().skip(1).filter(line -> line.endsWith("]"))
                .map(line -> line.substring(0, line.indexOf('['))).toList();
    }

    private static RaftLog wrong(RaftLog right, Mistake mistake) {
        return (RaftLog) Proxy.newProxyInstance(RaftLog.class.getClassLoader(), new Class<?>[] {RaftLog.class},
                (proxy, method, arguments) -> {
                    try {
                        return mistake.answer(right, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aLogThatForgetsATermIsFoundWithThreeOperationsAtMost() {
        List<String> operations = found((log, method, arguments) -> {
            boolean forgotten = method.getName().equals("termAt") && (long) arguments[0] == log.firstIndex() - 1;
            return forgotten ? 0L : method.invoke(log, arguments);
        });
        assertTrue(operations.equals(List.of("Reset")) || operations.equals(List.of("Append", "Sync", "Compact")),
                operations.toString());
    }

    @Test
    void aLogThatMiscountsAfterTheSecondOverwriteIsFoundWithThree() {
        // Rounds that are tried in between count from the beginning: each opens its log with the first call.
        AtomicInteger overwrites = new AtomicInteger();
        assertEquals(List.of("Append", "Overwrite", "Overwrite"), found((log, method, arguments) -> {
            Object answer = method.invoke(log, arguments);
            if (method.getName().equals("reader") && log.lastIndex() == 0) {
                overwrites.set(0);
            }
            overwrites.addAndGet(method.getName().equals("overwrite") ? 1 : 0);
            return method.getName().equals("lastIndex") && overwrites.get() > 1 ? (long) answer + 1 : answer;
        }));
    }
}
