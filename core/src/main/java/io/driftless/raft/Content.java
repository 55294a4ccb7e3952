package io.driftless.raft;

/**
 * What entries hold, opaque to the core but for how many there are and how heavy: it moves in the driver, and the core
 * only passes it on.
 */
public interface Content {

    /** No content. */
    Content NONE = new Content() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public long weight(int position) {
            throw new IndexOutOfBoundsException(position);
        }

        @Override
        public String toString() {
            return "-";
        }
    };

    /** How many entries. */
    int count();

    /** What the entry at {@code position}, from 0, counts for in windows and batches, in bytes. */
    long weight(int position);
}
