package io.driftless.log;

/** Opens the storage of a node; again after a restart in place. */
@FunctionalInterface
public interface StorageFactory {

    /**
     * Opens it, or makes it if there is none. A storage of which a sync had failed says so in its {@link Opening}, and
     * its server is in doubt if entries counted before they were synced: also in the same process, and whatever else
     * could not be written any more (R15, R18).
     *
     * @throws io.driftless.errors.NodeStartException if it is in use, cannot be written, belongs to another cluster or
     *                                                node, or to a newer format
     * @throws LogCorruptException if it is damaged
     */
    Storage open(StorageContext context);
}
