package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryIndexTest {

    private record Slot(long place, long weight, long term) { }

    @Test
    void agreesWithAPlainList() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        EntryIndex index = new EntryIndex(0, 0);
        List<Slot> model = new ArrayList<>();
        long boundary = 0;
        long boundaryTerm = 0;
        long position = 0;
        for (int i = 0; i < 500; i++) {
            switch (random.nextInt(20)) {
                case 0 -> {
                    int kept = random.nextInt(model.size() + 1);
                    model.subList(kept, model.size()).clear();
                    index.truncate(boundary + kept + 1);
                }
                case 1 -> {
                    int gone = random.nextInt(model.size() + 1);
                    boundaryTerm = gone == 0 ? boundaryTerm : model.get(gone - 1).term();
                    model.subList(0, gone).clear();
                    boundary += gone;
                    index.compact(boundary);
                }
                case 2 -> {
                    if (random.nextInt(20) == 0) {
                        boundary = random.nextInt(10_000);
                        boundaryTerm = random.nextInt(5);
                        model.clear();
                        index.reset(boundary, boundaryTerm);
                    }
                }
                default -> {
                    for (int n = random.nextInt(2_000); n >= 0; n--) {
                        long term = (model.isEmpty() ? boundaryTerm : model.get(model.size() - 1).term()) + (random.nextInt(100) == 0 ? 1 : 0);
                        position += 4;
                        Slot slot = new Slot(EntryIndex.place(position >> 20, position & 0xfffff), random.nextInt(500), term);
                        model.add(slot);
                        index.add(slot.place(), slot.weight(), slot.term());
                    }
                    index.publish();
                }
            }
            compare(index, model, boundary, boundaryTerm, random, "seed " + seed + ", step " + i);
        }
    }

    private static void compare(EntryIndex index, List<Slot> model, long boundary, long boundaryTerm, Random random, String about) {
        long last = boundary + model.size();
        assertEquals(boundary + 1, index.firstIndex(), about);
        assertEquals(last, index.lastIndex(), about);
        assertEquals(boundaryTerm, index.termAt(boundary), about);
        assertEquals(-1, index.placeOf(boundary), about);
        assertEquals(-1, index.placeOf(last + 1), about);
        assertThrows(IllegalArgumentException.class, () -> index.termAt(boundary - 1), about);
        assertThrows(IllegalArgumentException.class, () -> index.termAt(last + 1), about);
        if (!model.isEmpty()) {
            int at = random.nextInt(model.size());
            Slot slot = model.get(at);
            assertEquals(slot.term(), index.termAt(boundary + 1 + at), about);
            assertEquals(slot.place(), index.placeOf(boundary + 1 + at), about);
            assertEquals(boundary + 1 + at, index.firstIndexFrom(slot.place()), about);
            int to = Math.min(model.size(), at + 1 + random.nextInt(50));
            long weight = model.subList(at, to).stream().mapToLong(Slot::weight).sum();
            assertEquals(weight, index.weight(boundary + 1 + at, boundary + to), about);
            long[] places = index.places(boundary + 1 + at, boundary + to, weight);
            assertEquals(model.subList(at, to).stream().map(Slot::place).toList(), java.util.Arrays.stream(places).boxed().toList(), about);
        }
    }
}
