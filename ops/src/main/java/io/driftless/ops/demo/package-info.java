/**
 * Internal. {@code driftless demo}: node processes replicate every line of a real text, lose their leader half way, and
 * are compared with the text.
 *
 * <p>Reading order: {@link io.driftless.ops.demo.Demo} is the story from start to clean-up;
 * {@link io.driftless.ops.demo.DemoInput} is the text, {@link io.driftless.ops.demo.LineReplication} sends it and
 * remembers what was acknowledged, {@link io.driftless.ops.demo.Verification} reads every node's own state back line by
 * line, and {@link io.driftless.ops.demo.DemoReport} is the verdict.
 *
 * <p>Line number {@code N} is {@code put N bytes}. The machine counts how often a key was written, so a line that was
 * executed twice shows. The client, in its session, sends again what a dead leader left open; the demo submits again
 * what came back rejected, and counts that. Neither executes a line twice, so any duplicate fails the verdict.
 *
 * <p>Must not import picocli.
 */
@NullMarked
package io.driftless.ops.demo;

import org.jspecify.annotations.NullMarked;
