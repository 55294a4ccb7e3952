package io.driftless.ops.bank;

import io.driftless.errors.MalformedException;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.ops.state.CopyOnWriteTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bank: accounts and the money on them, in memory. A command that is done is answered with the balance of the
 * account that it names first. One that is refused changes nothing, and is answered with one of the codes below.
 *
 * <p>No balance is ever below zero, and the total is what was deposited. It fits a {@code long}, so every balance does,
 * and no sum overflows. Nothing here removes duplicates: a transfer that is executed twice moves the money twice.
 * Confined to the node, whose calls never overlap.
 *
 * <p>A snapshot takes constant time, whatever the number of accounts; {@link CopyOnWriteTree} says what an open one
 * costs. {@link BankSnapshot} has its bytes.
 */
public final class BankMachine implements StateMachine {

    /** The bytes are no command, or no query. */
    public static final int MALFORMED = 1;
    /** There is no such account. */
    public static final int NO_ACCOUNT = 2;
    /** The account that was to be opened is there already. */
    public static final int ACCOUNT_EXISTS = 3;
    /** There is less on the account than was to be moved. */
    public static final int OVERDRAFT = 4;
    /** The bank has room for no more accounts, or no more money. */
    public static final int FULL = 5;

    /** How many accounts there may be. A bound belongs into the machine, so that every server refuses the same. */
    public static final int ACCOUNTS_MAX = 1_000_000;

    // In the order of their names: a hash order would differ between servers as soon as something showed it.
    private CopyOnWriteTree<String, BankQuery.Statement> accounts = new CopyOnWriteTree<>(Comparator.naturalOrder());
    private long total;

    @Override
    public long open(MachineContext context) {
        return 0;
    }

    @Override
    public boolean appliesInline() {
        return true;
    }

    @Override
    public Result apply(Command command) {
        try {
            return execute(BankSerializer.decodeCommand(command.payload()));
        } catch (MalformedException malformed) {
            return Result.failed(MALFORMED, "no command of the bank: " + malformed.getMessage());
        }
    }

    private Result execute(BankCommand command) {
        return switch (command) {
            case BankCommand.Open(String account) -> open(account);
            case BankCommand.Deposit(String account, long amount) -> deposit(account, amount);
            case BankCommand.Transfer(String from, String to, long amount) -> transfer(from, to, amount);
        };
    }

    private Result open(String account) {
        if (accounts.get(account) != null) {
            return Result.failed(ACCOUNT_EXISTS, account + " is open already");
        }
        if (accounts.size() == ACCOUNTS_MAX) {
            return Result.failed(FULL, "there are " + ACCOUNTS_MAX + " accounts");
        }
        accounts.put(account, new BankQuery.Statement(0, 0));
        return Result.ok(BankSerializer.encode(0));
    }

    private Result deposit(String account, long amount) {
        BankQuery.@Nullable Statement before = accounts.get(account);
        if (before == null) {
            return absent(account);
        }
        if (amount > Long.MAX_VALUE - total) {
            return Result.failed(FULL, "there are " + total + " in the bank, and no room for " + amount + " more");
        }
        total += amount;
        return moved(account, before, amount);
    }

    private Result transfer(String from, String to, long amount) {
        BankQuery.@Nullable Statement payer = accounts.get(from);
        BankQuery.@Nullable Statement payee = accounts.get(to);
        if (payer == null || payee == null) {
            return absent(payer == null ? from : to);
        }
        if (amount > payer.balance()) {
            return Result.failed(OVERDRAFT, from + " has " + payer.balance() + ", less than " + amount);
        }
        moved(to, payee, amount);
        return moved(from, payer, -amount);
    }

    private Result moved(String account, BankQuery.Statement before, long amount) {
        BankQuery.Statement after = new BankQuery.Statement(before.balance() + amount, before.movements() + 1);
        accounts.put(account, after);
        return Result.ok(BankSerializer.encode(after.balance()));
    }

    private static Result absent(String account) {
        return Result.failed(NO_ACCOUNT, "there is no account " + account);
    }

    @Override
    public Result query(ByteBuffer query, long appliedIndex) {
        try {
            return switch (BankSerializer.decodeQuery(query)) {
                case BankQuery.Account(String name) -> statement(name);
                case BankQuery.Whole() -> Result.ok(BankSerializer.encode(accounts.size(), counted()));
            };
        } catch (MalformedException malformed) {
            return Result.failed(MALFORMED, "no query of the bank: " + malformed.getMessage());
        }
    }

    private long counted() {
        long sum = 0;
        for (CopyOnWriteTree.Entry<String, BankQuery.Statement> account : accounts) {
            sum += account.value().balance();
        }
        return sum;
    }

    private Result statement(String account) {
        BankQuery.@Nullable Statement statement = accounts.get(account);
        return statement == null ? absent(account)
                : Result.ok(BankSerializer.encode(statement.balance(), statement.movements()));
    }

    @Override
    public boolean takesSnapshots() {
        return true;
    }

    @Override
    public MachineSnapshot snapshot() {
        return new BankSnapshot(accounts.copy(), total);
    }

    /** A stream that is refused with a {@link MalformedException} changes nothing. */
    @Override
    public void restore(InputStream content, long index) throws IOException {
        BankSnapshot snapshot = BankSnapshot.read(content);
        accounts = snapshot.accounts();
        total = snapshot.total();
    }

    @Override
    public Map<String, Long> gauges() {
        return Map.of("accounts", (long) accounts.size(), "total", total);
    }

    /** All accounts, for tests. */
    Map<String, BankQuery.Statement> statements() {
        Map<String, BankQuery.Statement> statements = new TreeMap<>();
        accounts.forEach(account -> statements.put(account.key(), account.value()));
        return statements;
    }

    @Override
    public void close() { }
}
