package io.driftless.log;

/** Opens the storage of a node; again after a restart in place. */
@FunctionalInterface
public interface StorageFactory {

    /**
     * Opens it, or makes it if there is none.
     *
     * @throws io.driftless.errors.NodeStartException if it is in use, cannot be written, belongs to another cluster or
     *                                                node, or to a newer format
     * @throws LogCorruptException if it is damaged
     */
    Storage open(StorageContext context);
}
