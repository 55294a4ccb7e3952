package io.driftless.ops.bank;

/** A question to one node's own books: the answer is local, possibly stale. Immutable. */
public sealed interface BankQuery {

    /** Asks for one account. Answered by a {@link Statement}, or by {@link BankMachine#NO_ACCOUNT}. */
    record Account(String name) implements BankQuery {
        /** Checks the name. */
        public Account {
            if (!BankCommand.ACCOUNT_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name of an account");
            }
        }
    }

    /** Asks for all accounts together. Answered by {@link Books}. */
    record Whole() implements BankQuery { }

    /**
     * What stands on one account.
     *
     * @param balance   the money on it
     * @param movements how many deposits and transfers have changed it; one that was refused does not count
     */
    record Statement(long balance, long movements) { }

    /**
     * All accounts together.
     *
     * @param accounts how many there are
     * @param total    the money on all of them, counted account by account: what was deposited, as transfers only
     *                 move it
     */
    record Books(long accounts, long total) { }
}
