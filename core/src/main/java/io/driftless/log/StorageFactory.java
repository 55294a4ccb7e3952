package io.driftless.log;

/** Opens the storage of a node, and opens it again after a restart in place. */
@FunctionalInterface
public interface StorageFactory {

    /**
     * Opens the storage, or creates it if there is none. If a sync of the storage had failed, its {@link Opening} says
     * so, and its server is in doubt if entries counted before they were synced. This holds in the same process too,
     * and whatever else could no longer be written (R15, R18).
     *
     * @throws io.driftless.errors.NodeStartException if it is in use, cannot be written, belongs to another cluster or
     *                                                node, or has another format
     * @throws LogCorruptException if it is damaged
     */
    Storage open(StorageContext context);
}
