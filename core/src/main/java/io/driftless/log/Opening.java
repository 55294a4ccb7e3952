package io.driftless.log;

/**
 * What a storage found when it was opened (R18). Immutable.
 *
 * @param cleanStop whether who owned it last closed it without a failure; true for a new one
 * @param sameBoot  whether the kernel that the last owner ran under runs still: then nothing that it wrote is lost,
 *                  synced or not, unless it is {@code missing}; false if it cannot be told
 * @param undecided whether records were cut of which nobody can tell whether they had been synced: the machine went
 *                  down, and the last records, with nothing good behind them, are bad
 * @param missing   whether entries that the last owner wrote and had not synced may be missing although its kernel
 *                  runs still: a sync had failed, the log ends before what was written, or where it ended cannot be
 *                  told (R15)
 */
public record Opening(boolean cleanStop, boolean sameBoot, boolean undecided, boolean missing) {

    /** Of a storage in which nothing was ever left behind. */
    public static final Opening CLEAN = new Opening(true, true, false, false);

    /**
     * Whether entries may be gone that were written and not synced. Where those counted, the server is in doubt (R18):
     * every storage judges by this.
     */
    public boolean mayLackEntries() {
        return !cleanStop && (!sameBoot || missing);
    }
}
