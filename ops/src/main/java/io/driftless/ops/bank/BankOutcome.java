package io.driftless.ops.bank;

import io.driftless.machine.Outcome;

/** What became of a {@link BankCommand}. Immutable. */
public sealed interface BankOutcome {

    /**
     * It was done, exactly once.
     *
     * @param index   where it stands in the log
     * @param balance what was on the account that the command names first, just after it
     */
    record Done(long index, long balance) implements BankOutcome { }

    /**
     * The bank refused it: nothing was changed.
     *
     * @param index where it stands in the log
     * @param code  one of the codes of {@link BankMachine}
     * @param text  why, for a person
     */
    record Refused(long index, int code, String text) implements BankOutcome { }

    /**
     * It never reached the bank, and never will: it may be sent again.
     *
     * @param reason why
     * @param detail for a person
     */
    record NotExecuted(Outcome.Reason reason, String detail) implements BankOutcome { }

    /**
     * It may have been done, may be done later, or never.
     *
     * @param why why nobody knows
     */
    record Unknown(Outcome.Why why) implements BankOutcome { }
}
