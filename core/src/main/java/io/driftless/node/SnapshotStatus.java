package io.driftless.node;

/**
 * How a node stands with snapshots. Immutable.
 *
 * @param isOn     whether the state machine takes snapshots
 * @param isTaking whether one is being taken
 * @param index    lastIncludedIndex of the newest one; 0 if there is none
 * @param bytes    what it takes on the disk
 * @param problem  why the last attempt failed; empty if it did not
 */
public record SnapshotStatus(boolean isOn, boolean isTaking, long index, long bytes, String problem) {

    /** None is taken, and none is there. */
    public static final SnapshotStatus OFF = new SnapshotStatus(false, false, 0, 0, "");

    /** One word: {@code off}, {@code idle} or {@code taking}. */
    public String state() {
        return !isOn ? "off" : isTaking ? "taking" : "idle";
    }
}
