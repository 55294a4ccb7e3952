package io.driftless.log;

/**
 * What a storage found when it was opened (R18). Immutable.
 *
 * @param cleanStop whether who owned it last closed it without a failure; true for a new one
 * @param sameBoot  whether the kernel that the last owner ran under runs still: then nothing that it wrote is lost,
 *                  synced or not; false if it cannot be told
 * @param undecided whether records were cut of which nobody can tell whether they had been synced: the machine went
 *                  down, and the last records, with nothing good behind them, are bad
 */
public record Opening(boolean cleanStop, boolean sameBoot, boolean undecided) {

    /** Of a storage in which nothing was ever left behind. */
    public static final Opening CLEAN = new Opening(true, true, false);
}
