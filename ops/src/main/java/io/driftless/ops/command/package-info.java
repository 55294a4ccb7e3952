/**
 * Internal. The command line, read with picocli: one class a command, each of which checks its options and calls what
 * does the work.
 *
 * <p>Reading order: {@link io.driftless.ops.command.CommandTree} lists the commands, and turns what they throw into one
 * line and an exit code; then any command. {@code ClusterOptions} is what all that talk to a cluster share.
 *
 * <p>Every command has {@code --help} with an example. Results go to standard output and nothing else does, so that
 * {@code --json} can be piped.
 *
 * <p>Nothing may import this package but {@link io.driftless.ops.Driftless}.
 */
@NullMarked
package io.driftless.ops.command;

import org.jspecify.annotations.NullMarked;
