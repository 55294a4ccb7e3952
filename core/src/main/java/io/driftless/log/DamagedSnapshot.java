package io.driftless.log;

import io.driftless.raft.SnapshotId;
import java.util.Optional;

/**
 * What is left of a snapshot that was set aside. It was whole and durable once, so its index may have been acknowledged
 * by it (R27). Immutable.
 *
 * @param id       which one it was
 * @param boundary what belonged to it beside the content; empty if that is damaged too
 */
public record DamagedSnapshot(SnapshotId id, Optional<Bytes> boundary) { }
