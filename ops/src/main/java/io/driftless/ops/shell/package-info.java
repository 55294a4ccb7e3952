/**
 * Internal. Key-value commands written as lines of text, and their outcomes written as lines.
 *
 * <p>Reading order: {@link io.driftless.ops.shell.ShellLine} reads {@code put k "a value"} and its like,
 * {@link io.driftless.ops.shell.OutcomeLine} writes what became of it for scripts and for people,
 * {@link io.driftless.ops.shell.Shell} does both for a whole input, one command after the other;
 * {@link io.driftless.ops.shell.LineImport} executes a whole file with many under way;
 * {@link io.driftless.ops.shell.TerminalShell} is for a person, with JLine.
 *
 * <p>Must not import picocli: the command line proper is another package.
 */
@NullMarked
package io.driftless.ops.shell;

import org.jspecify.annotations.NullMarked;
