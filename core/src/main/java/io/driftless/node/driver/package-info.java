/**
 * Internal: the driver around the core. Decides nothing about safety: that is the core's.
 *
 * <p>Reading order: {@link io.driftless.node.driver.NodeLifecycle} is a node from start to end, {@code NodeRun} one run
 * of it. {@code Assembly} makes a run's parts and lists how a command passes them. {@code NodeLoop} steps the core and
 * turns its effects into work; {@code Round} is the order in which that is done; {@code DiskQueue}, {@code ApplyQueue}
 * and {@code SendLane} do it. The threads come from an {@link io.driftless.node.driver.Engine}; in a simulation {@link
 * io.driftless.node.driver.SteppedNode} runs without them. Virtual threads (v) show in {@code jcmd PID
 * Thread.dump_to_file}. All but -apply apply only what the state machine applies inline. Imports no log or transport.
 * <pre>
 * thread of node n1                         may own the core   write         apply
 * driftless-accepted (v), of a client       yes                no            yes
 * driftless-accepted, -n2-data (v)          yes                if follower   yes
 * driftless-accepted, -n2-control (v)       yes                no            yes
 * driftless-n1-clock                        yes                no            no
 * driftless-n1-disk                         yes                yes           if nothing waits to be written
 * driftless-n1-disk-sync (interval)         no                 sync          no
 * driftless-n1-apply                        no                 no            yes
 * driftless-n1-catch-up                     no                 no: reads     no
 * driftless-n1-snapshot                     no                 snapshots     no: writes a view
 * driftless-n1-unrecoverable                in a restart       no            in a restart
 * driftless-n1-notices, -decision           no                 no            no
 * driftless-client-sender, -completion (v)  no                 no            no
 * </pre>
 */
@NullMarked
package io.driftless.node.driver;

import org.jspecify.annotations.NullMarked;
