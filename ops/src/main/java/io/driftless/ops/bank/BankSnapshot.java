package io.driftless.ops.bank;

import io.driftless.machine.MachineSnapshot;
import io.driftless.ops.state.CopyOnWriteTree;
import io.driftless.ops.state.StateReader;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * The books of a {@link BankMachine} at one index, and their bytes. Numbers have the highest byte first.
 *
 * <pre>
 *   stream    VERSION (1 byte) | account ... | 0 (1) | accounts (8) | total (8)
 *   account   name length (1), at least 1 | name | balance (8) | movements (8)
 * </pre>
 *
 * <p>Accounts come in the order of their names. {@code accounts} is their number, and {@code total} the sum of their
 * balances. The version changes whenever the format does.
 *
 * @param accounts the accounts by name; the snapshot's own, see {@link CopyOnWriteTree#copy}
 * @param total    the money on all of them
 */
record BankSnapshot(CopyOnWriteTree<String, BankQuery.Statement> accounts, long total) implements MachineSnapshot {

    /** Like the form of commands: other state machines' snapshots rarely begin so. */
    private static final int VERSION = 0xB1;
    private static final int END = 0;
    private static final int BUFFER_BYTES = 64 << 10;

    @Override
    public void writeTo(OutputStream out) throws IOException {
        DataOutputStream stream = new DataOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
        stream.writeByte(VERSION);
        for (CopyOnWriteTree.Entry<String, BankQuery.Statement> account : accounts) {
            stream.writeByte(account.key().length());
            stream.write(account.key().getBytes(StandardCharsets.US_ASCII));
            stream.writeLong(account.value().balance());
            stream.writeLong(account.value().movements());
        }
        stream.writeByte(END);
        stream.writeLong(accounts.size());
        stream.writeLong(total);
        stream.flush();
    }

    /**
     * Reads one, up to the end of the stream.
     *
     * @throws io.driftless.errors.MalformedException if the stream is not exactly one snapshot of this version
     * @throws IOException                            whatever the stream throws
     */
    static BankSnapshot read(InputStream content) throws IOException {
        StateReader in = new StateReader(content);
        int version = in.code();
        if (version != VERSION) {
            throw in.malformed("a snapshot of the bank of version " + version + ", not " + VERSION);
        }
        CopyOnWriteTree<String, BankQuery.Statement> accounts = new CopyOnWriteTree<>(Comparator.naturalOrder());
        long total = 0;
        String before = "";
        for (int length = in.code(); length != END; length = in.code()) {
            String name = new String(in.bytes(length), StandardCharsets.ISO_8859_1);
            if (!BankCommand.ACCOUNT_NAME.matcher(name).matches() || before.compareTo(name) >= 0) {
                throw in.malformed("a name that is none, or is out of order");
            }
            before = name;
            BankQuery.Statement statement = new BankQuery.Statement(in.number(), in.number());
            if (statement.balance() < 0 || statement.balance() > Long.MAX_VALUE - total) {
                throw in.malformed("a balance of " + statement.balance() + " where there are " + total
                        + " on other accounts");
            }
            accounts.put(name, statement);
            total += statement.balance();
        }
        BankSnapshot snapshot = new BankSnapshot(accounts, total);
        snapshot.readEnd(in);
        return snapshot;
    }

    private void readEnd(StateReader in) throws IOException {
        long accountsWritten = in.number();
        if (accountsWritten != accounts.size()) {
            throw in.malformed(accounts.size() + " accounts where there should be " + accountsWritten);
        }
        long totalWritten = in.number();
        if (totalWritten != total) {
            throw in.malformed("balances of " + total + " in all where they should be " + totalWritten);
        }
        in.end();
    }
}
