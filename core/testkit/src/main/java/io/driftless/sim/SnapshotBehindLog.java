package io.driftless.sim;

/**
 * What a log has forgotten, a snapshot holds that was durable before (R27): it is compacted, or reset, only
 * up to its snapshot. Whether that has been damaged since is not judged.
 */
final class SnapshotBehindLog implements Checker {

    private final Universe universe;

    SnapshotBehindLog(Universe universe) {
        this.universe = universe;
    }

    @Override
    public String property() {
        return "a snapshot holds what the log has forgotten (R27)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.LogCompacted compacted) {
            DiskView view = universe.node(compacted.node()).view();
            long held = view.snapshotIndex();
            // That it proved damaged may come to light while the compaction waits for its turn on the disk.
            Checker.require(compacted.upToIndex() <= held || view.wasSetAside(compacted.upToIndex()), () -> compacted
                    + ", and the snapshot is of index " + held);
        } else if (happening instanceof Happening.LogReset reset) {
            DiskView view = universe.node(reset.node()).view();
            DiskView.Place place = new DiskView.Place(reset.index(), reset.term());
            // A further one may have come in while the reset waited for its turn on the disk.
            Checker.require(view.snapshotIndex() > reset.index() || view.wasSetAside(place)
                    || view.covering().contains(place) && view.snapshotIndex() == reset.index(), () -> reset
                    + ", and the snapshot is of index " + view.snapshotIndex());
        }
    }
}
