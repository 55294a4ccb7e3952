package io.driftless.node.driver;

import io.driftless.log.RaftLog;
import io.driftless.node.NodeConfig;

/** How large the frames are that a node takes. Pure. */
final class FrameLimits {

    private static final int OVERHEAD_BYTES = 1 << 16;
    /** Whatever is configured here: a batch, or one entry alone that some other node took in, and numbers around it. */
    static final int PEER_BYTES_MAX = 2 * RaftLog.ENTRY_BYTES_MAX + OVERHEAD_BYTES;
    private static final int REQUEST_BYTES_LEAST = 512 << 10;

    private FrameLimits() { }

    /** From a client: more than it may propose, so that what is too large is told and breaks nothing. */
    static int requestBytesMax(NodeConfig config) {
        return Math.max(REQUEST_BYTES_LEAST, 2 * config.entryBytesMax()) + OVERHEAD_BYTES;
    }
}
