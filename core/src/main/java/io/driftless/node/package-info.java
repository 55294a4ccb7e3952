/**
 * API: a running server. {@link io.driftless.node.RaftNode} is what an embedder starts;
 * {@link io.driftless.node.NodeConfig}, {@link io.driftless.node.NodeSettings} and {@link io.driftless.node.Members}
 * say how it runs and with whom; {@link io.driftless.node.NodeStatus}, {@link io.driftless.node.NodeListener} and
 * {@link io.driftless.node.NodeEnd} are what it reports about itself.
 *
 * <p>The implementation is in {@code io.driftless.node.driver}, which is internal: no signature here names one of its
 * types, and only {@code RaftNode} imports it. R1, R2 and so on are the safety rules, by their numbers in
 * {@code docs/rules.md}.
 */
@NullMarked
package io.driftless.node;

import org.jspecify.annotations.NullMarked;
