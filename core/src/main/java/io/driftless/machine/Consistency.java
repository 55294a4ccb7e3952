package io.driftless.machine;

/** What the answer to a query must have seen. Immutable. */
public sealed interface Consistency {

    /** See {@link Linearizable}. */
    Consistency LINEARIZABLE = new Linearizable();

    /** See {@link Stale}. */
    Consistency STALE = new Stale();

    /** See {@link AtLeast}. */
    static Consistency atLeast(long index) {
        return new AtLeast(index);
    }

    /**
     * Everything that anybody was told is committed before the query was asked. Costs one round of messages between the
     * leader and a majority, and no entry in the log (thesis §6.4, R20).
     */
    record Linearizable() implements Consistency { }

    /**
     * Everything up to an index, such as that of one's own last command ({@link Outcome.Committed}): whoever asks so
     * reads what it wrote, from any member, without a message between members.
     *
     * @param index the least index that the server must have applied, at least 0
     */
    record AtLeast(long index) implements Consistency {
        /** Checks the index. */
        public AtLeast {
            if (index < 0) {
                throw new IllegalArgumentException("the index of a query is at least 0, not " + index);
            }
        }
    }

    /**
     * Nothing in particular: whatever the server has applied, however old that is. {@link QueryOutcome.Answered#age}
     * says how old it can be at most, as far as that is known.
     */
    record Stale() implements Consistency { }
}
