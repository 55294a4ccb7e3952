package io.driftless.raft;

import java.util.List;

/** Entries as the tests see them: a word each, all of one weight. */
record Words(List<String> list) implements Content {

    /** What every entry counts for, a no-op included. */
    static final long WEIGHT = LogTail.NOOP_WEIGHT;

    Words {
        list = List.copyOf(list);
    }

    static Words of(String... words) {
        return new Words(List.of(words));
    }

    /** So many entries that nobody looks at. */
    static Words some(long count) {
        return new Words(java.util.stream.LongStream.range(0, count).mapToObj(i -> "e").toList());
    }

    @Override
    public int count() {
        return list.size();
    }

    @Override
    public long weight(int position) {
        return list.get(position) == null ? 0 : WEIGHT;
    }

    @Override
    public String toString() {
        return String.join(" ", list);
    }
}
