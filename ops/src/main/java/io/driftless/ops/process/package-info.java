/**
 * Internal. Nodes as operating system processes: the one that this process is, and those that the demo, the benchmark
 * and the tests start.
 *
 * <p>Reading order: {@link io.driftless.ops.process.NodeProcess} is {@code driftless node} from its configuration to
 * its exit code, and {@link io.driftless.ops.process.MachineSource} finds the state machine that it runs;
 * {@link io.driftless.ops.process.LocalCluster} starts several of them on this machine as
 * {@link io.driftless.ops.process.ChildNode}s, on {@link io.driftless.ops.process.LoopbackPorts}, with their data below
 * a {@link io.driftless.ops.process.ScratchFolder}; {@link io.driftless.ops.process.Stage} is both for a demo.
 *
 * <p>Nothing outlives its owner: a child watches the pipe from its parent and ends with it, and removes the scratch
 * folder then, also if the parent was killed. Only this package touches signals, shutdown hooks and {@code halt}.
 *
 * <p>Must not import picocli.
 */
@NullMarked
package io.driftless.ops.process;

import org.jspecify.annotations.NullMarked;
