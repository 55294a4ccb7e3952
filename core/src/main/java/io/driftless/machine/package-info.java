/**
 * API: what a user writes to have a state machine replicated.
 *
 * <p>Implement {@link io.driftless.machine.StateMachine}: it is opened once and then given every committed
 * {@link io.driftless.machine.Command} in the log's order. It answers each with a {@link io.driftless.machine.Result},
 * which travels back to whoever sent the command. It must be deterministic: the same commands give the same results and
 * the same state on every server. So it must not use a clock (other than the command's), randomness, hash order, or
 * anything from outside.
 *
 * <p>Commands and results are bytes; their meaning is the user's. A refusal is a result, agreed on and stored like any
 * other. A throw ends the node, because the servers would no longer agree.
 *
 * <p>Imports nothing but the JDK, and needs no JVM flag.
 */
@NullMarked
package io.driftless.machine;

import org.jspecify.annotations.NullMarked;
