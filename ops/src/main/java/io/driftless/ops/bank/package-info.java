/**
 * Internal. A replicated bank: a state machine over typed commands, small enough to be copied.
 *
 * <p>Reading order: {@link io.driftless.ops.bank.BankCommand} says what can be done and
 * {@link io.driftless.ops.bank.BankQuery} what can be asked, {@link io.driftless.ops.bank.BankSerializer} gives both
 * their bytes, {@link io.driftless.ops.bank.BankMachine} executes them, {@link io.driftless.ops.bank.BankSnapshot}
 * gives all accounts their bytes, and {@link io.driftless.ops.bank.BankClient} turns an outcome of the cluster into a
 * {@link io.driftless.ops.bank.BankOutcome}.
 *
 * <p>What the types refuse never reaches the machine: an amount is above zero, an account has a name, a transfer has
 * two ends. What only the machine can know, such as an overdraft, is an error of the application: a committed result
 * with a code, the same on every server.
 *
 * <p>Must not import the command line, Jackson, or another package of {@code ops} but {@code state}.
 */
@NullMarked
package io.driftless.ops.bank;

import org.jspecify.annotations.NullMarked;
