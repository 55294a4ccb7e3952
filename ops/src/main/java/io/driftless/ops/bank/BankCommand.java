package io.driftless.ops.bank;

import java.util.regex.Pattern;

/** What can be done at the bank: what goes through the log. Amounts are in the smallest unit of money. Immutable. */
public sealed interface BankCommand {

    /** What an account may be called: 1 to 40 letters, digits, dots, underscores and hyphens. */
    Pattern ACCOUNT_NAME = Pattern.compile("[A-Za-z0-9._-]{1,40}");

    /** Opens an account with nothing in it. */
    record Open(String account) implements BankCommand {
        /** Checks the name. */
        public Open {
            requireName(account);
        }
    }

    /** Pays money in. */
    record Deposit(String account, long amount) implements BankCommand {
        /** Checks name and amount. */
        public Deposit {
            requireName(account);
            requireAboveZero(amount);
        }
    }

    /** Moves money from one account to another one, if there is enough. */
    record Transfer(String from, String to, long amount) implements BankCommand {
        /** Checks names and amount. */
        public Transfer {
            requireName(from);
            requireName(to);
            requireAboveZero(amount);
            if (from.equals(to)) {
                throw new IllegalArgumentException("a transfer from " + from + " to itself");
            }
        }
    }

    private static void requireName(String account) {
        if (!ACCOUNT_NAME.matcher(account).matches()) {
            throw new IllegalArgumentException("'" + account + "' is no name of an account");
        }
    }

    private static void requireAboveZero(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("an amount of " + amount);
        }
    }
}
