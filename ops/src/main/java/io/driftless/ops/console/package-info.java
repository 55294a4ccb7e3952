/**
 * Internal. What every command shares towards the person, script or pipe around it: lines of JSON, tables, progress,
 * and the lines that come in.
 *
 * <p>Reading order: {@link io.driftless.ops.console.Console} is where output goes,
 * {@link io.driftless.ops.console.Json} makes its machine-readable lines, {@link io.driftless.ops.console.Table} its
 * readable ones, {@link io.driftless.ops.console.Count} its numbers in words,
 * {@link io.driftless.ops.console.Progress} and {@link io.driftless.ops.console.Waiting} what is seen meanwhile;
 * {@link io.driftless.ops.console.LineInput} reads lines of any bytes;
 * {@link io.driftless.ops.console.CommandFailedException} is how a command gives up.
 *
 * <p>Rules: results go to standard output and everything else to standard error; no carriage return and no colour
 * unless on a terminal; a pipe that is closed at its other end ends the command quietly.
 *
 * <p>Must not import the client, the node or the key-value machine.
 */
@NullMarked
package io.driftless.ops.console;

import org.jspecify.annotations.NullMarked;
