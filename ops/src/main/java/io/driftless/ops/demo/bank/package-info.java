/**
 * Internal. {@code driftless demo bank}: node processes run the bank, clients move money while leaders are killed, and
 * the books of every node are compared with what the clients were told.
 *
 * <p>Reading order: {@link io.driftless.ops.demo.bank.BankDemo} is the story from start to clean-up;
 * {@link io.driftless.ops.demo.bank.Transfers} are the clients, {@link io.driftless.ops.demo.bank.Ledger} is what they
 * were told, {@link io.driftless.ops.demo.bank.Audit} compares it with the books, and
 * {@link io.driftless.ops.demo.bank.BankReport} is the verdict.
 *
 * <p>Nothing here helps the bank: a transfer carries no number by which it would be known again, and is never sent a
 * second time. So a transfer that is executed twice, or not at all, shows in two accounts. One whose outcome is unknown
 * is reported, and what its two accounts must have becomes an interval.
 *
 * <p>Must not import picocli.
 */
@NullMarked
package io.driftless.ops.demo.bank;

import org.jspecify.annotations.NullMarked;
