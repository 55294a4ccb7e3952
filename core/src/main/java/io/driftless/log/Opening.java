package io.driftless.log;

/**
 * What was found when a storage was opened (R18). Immutable.
 *
 * @param cleanStop whether the last owner closed it without a failure; true for a new storage
 * @param sameBoot  whether the kernel that the last owner ran under is still running: then nothing that the owner wrote
 *                  is lost, synced or not, unless {@code missing} is true; false if this cannot be told
 * @param undecided whether records were cut and nobody can tell whether they had been synced: the machine went down,
 *                  and the last records are bad, with no good record after them
 * @param missing   whether entries that the last owner wrote and had not synced may be missing although its kernel is
 *                  still running: a sync had failed, the log ends before what was written, or it cannot be told where
 *                  the log ended (R15)
 */
public record Opening(boolean cleanStop, boolean sameBoot, boolean undecided, boolean missing) {

    /** The opening of a storage in which nothing was ever left behind. */
    public static final Opening CLEAN = new Opening(true, true, false, false);

    /**
     * Whether entries that were written but not synced may be gone. Where such entries counted, the server is in doubt
     * (R18). Every storage decides by this method.
     */
    public boolean mayLackEntries() {
        return !cleanStop && (!sameBoot || missing);
    }
}
