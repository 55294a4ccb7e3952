package io.driftless.ops.demo.bank;

import io.driftless.ops.bank.BankCommand;
import io.driftless.ops.bank.BankMachine;
import io.driftless.ops.bank.BankOutcome;
import io.driftless.ops.bank.BankQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/**
 * What the clients were told, and so what each account must have. Never asks the bank. Thread safe: clients write, and
 * another thread waits for progress.
 */
final class Ledger {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SortedMap<String, Expected> accounts = new TreeMap<>();
    private final Histogram latencyUs = new Histogram(3);
    private long deposited;
    private long done;
    private long refused;
    private long notExecuted;
    private long unknown;
    private long highestIndex;
    private String odd = "";

    /**
     * What an account must have: exactly this, unless the outcome of a transfer is unknown. Immutable.
     *
     * @param balanceMin   the least balance
     * @param balanceMax   the greatest balance
     * @param movementsMin the fewest movements
     * @param movementsMax the most movements
     */
    record Expected(long balanceMin, long balanceMax, long movementsMin, long movementsMax) {

        static final Expected NOTHING = new Expected(0, 0, 0, 0);

        Expected moved(long amount) {
            return new Expected(balanceMin + amount, balanceMax + amount, movementsMin + 1, movementsMax + 1);
        }

        Expected perhapsMoved(long amount) {
            return new Expected(balanceMin + Math.min(0, amount), balanceMax + Math.max(0, amount), movementsMin,
                    movementsMax + 1);
        }

        boolean holds(BankQuery.Statement statement) {
            return statement.balance() >= balanceMin && statement.balance() <= balanceMax
                    && statement.movements() >= movementsMin && statement.movements() <= movementsMax;
        }

        @Override
        public String toString() {
            return range(balanceMin, balanceMax) + " after " + range(movementsMin, movementsMax) + " movements";
        }

        private static String range(long min, long max) {
            return min == max ? Long.toString(min) : min + " to " + max;
        }
    }

    /**
     * All that is in it. Immutable, but for the two that nobody changes.
     *
     * @param accounts     what each account must have
     * @param deposited    what all of them must have together
     * @param done         how many transfers were done
     * @param refused      how many were refused as overdrafts
     * @param notExecuted  how many were certainly not executed
     * @param unknown      of how many nobody knows
     * @param highestIndex the highest index that was acknowledged
     * @param odd          the first thing that must not happen, such as a refusal that was no overdraft; or empty
     * @param latencyUs    of the transfers that were done
     */
    record Tally(SortedMap<String, Expected> accounts, long deposited, long done, long refused, long notExecuted,
            long unknown, long highestIndex, String odd, Histogram latencyUs) { }

    /** An account was opened, and so much paid in. */
    void opened(String account, long amount, long index) {
        lock.lock();
        try {
            accounts.put(account, Expected.NOTHING.moved(amount));
            deposited += amount;
            highestIndex = Math.max(highestIndex, index);
        } finally {
            lock.unlock();
        }
    }

    /** A transfer between accounts that were opened came to this, so long after it was sent. */
    void settled(BankCommand.Transfer transfer, BankOutcome outcome, long nanos) {
        lock.lock();
        try {
            switch (outcome) {
                case BankOutcome.Done(long index, long balance) -> {
                    done++;
                    highestIndex = Math.max(highestIndex, index);
                    latencyUs.recordValue(nanos / 1000);
                    accounts.computeIfPresent(transfer.from(), (name, had) -> had.moved(-transfer.amount()));
                    accounts.computeIfPresent(transfer.to(), (name, had) -> had.moved(transfer.amount()));
                }
                case BankOutcome.Refused(long index, int code, String text) -> {
                    refused++;
                    highestIndex = Math.max(highestIndex, index);
                    if (code != BankMachine.OVERDRAFT) {
                        broken("a transfer was refused with code " + code + ": " + text);
                    }
                }
                case BankOutcome.NotExecuted told -> notExecuted++;
                case BankOutcome.Unknown told -> {
                    unknown++;
                    accounts.computeIfPresent(transfer.from(), (name, had) -> had.perhapsMoved(-transfer.amount()));
                    accounts.computeIfPresent(transfer.to(), (name, had) -> had.perhapsMoved(transfer.amount()));
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Something happened that must not; the first time counts. */
    void broken(String what) {
        lock.lock();
        try {
            odd = odd.isEmpty() ? what : odd;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many more transfers are done.
     *
     * @throws IOException if that takes longer than {@code timeout}
     */
    void awaitMoreDone(long more, Duration timeout) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            long wanted = done + more;
            while (done < wanted) {
                long left = deadlineNs - System.nanoTime();
                if (left <= 0) {
                    throw new IOException("only " + (done + more - wanted) + " transfers were done in "
                            + timeout.toSeconds() + " s");
                }
                changed.await(left, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** All that is in it now. */
    Tally tally() {
        lock.lock();
        try {
            return new Tally(new TreeMap<>(accounts), deposited, done, refused, notExecuted, unknown, highestIndex, odd,
                    latencyUs.copy());
        } finally {
            lock.unlock();
        }
    }
}
