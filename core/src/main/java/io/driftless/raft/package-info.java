/**
 * Internal, but for the values that the SPIs name ({@link io.driftless.raft.ServerId}, {@link
 * io.driftless.raft.HardState}, {@link io.driftless.raft.Lane}, {@link io.driftless.raft.Message}, {@link
 * io.driftless.raft.TermRuns}, {@link io.driftless.raft.Content}, {@link io.driftless.raft.Introduction}, {@link
 * io.driftless.raft.Configuration}, {@link io.driftless.raft.ClusterConfiguration}): the Raft protocol as a pure
 * function from events to effects.
 *
 * <p>Reading order: {@link io.driftless.raft.Message}, {@link io.driftless.raft.Event} and {@link
 * io.driftless.raft.Effect} are the protocol on three pages; {@link io.driftless.raft.RaftCore} dispatches; {@code
 * ServerState} and {@code Role} are what the paper's figure 2 calls state; then a chapter each in {@code Forming},
 * {@code Elections}, {@code AppendReceiver}, {@code Replication} and {@code CommitRule}. {@link
 * io.driftless.raft.Quorum} and {@link io.driftless.raft.Configuration} are values that know nothing of the rest.
 *
 * <p>Imports nothing but the JDK's values and collections with a fixed order: no thread, clock, I/O, lock, log,
 * randomness or hash order. Everything mutable is confined to the core's owner. R1, R2 and so on are the safety rules,
 * by their numbers in {@code docs/rules.md}.
 */
@NullMarked
package io.driftless.raft;

import org.jspecify.annotations.NullMarked;
