package io.driftless.sim;

/** Watches one promise, over a whole run. */
interface Checker {

    /** The promise, with the section of the paper that makes it. */
    String property();

    /**
     * Something has happened.
     *
     * @throws Broken if the promise is broken by it
     */
    void saw(Happening happening);

    /** A promise is broken. */
    final class Broken extends RuntimeException {

        private static final long serialVersionUID = 1;

        Broken(String detail) {
            super(detail);
        }
    }

    /** Throws unless it holds. */
    static void require(boolean holds, java.util.function.Supplier<String> detail) {
        if (!holds) {
            throw new Broken(detail.get());
        }
    }
}
