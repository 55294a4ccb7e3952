/**
 * Internal: the table of client sessions, replicated beside the state machine (thesis §6.3, R21 to R24).
 *
 * <p>{@link io.driftless.session.SessionTable} decides for every committed entry whether its command is executed, and
 * keeps results for those that come again. {@link io.driftless.session.Judgement} is what it says. Its contents leave
 * it as {@link io.driftless.machine.SessionRows}, written by {@code RowCodec}, for state machines that keep their state
 * on disk.
 *
 * <p>Pure: the same entries give the same table on every server. No clock, thread or lock is used here.
 */
@NullMarked
package io.driftless.session;

import org.jspecify.annotations.NullMarked;
