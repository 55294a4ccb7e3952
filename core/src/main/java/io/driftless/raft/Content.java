package io.driftless.raft;

/** What entries hold, opaque to the core: it moves in the driver, and the core only passes it on. */
public interface Content {

    /** No content. */
    Content NONE = new Content() {
        @Override
        public String toString() {
            return "-";
        }
    };
}
