package io.driftless.ops.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CopyOnWriteTreeTest {

    /** A tree with what it should have. */
    private record Twin(CopyOnWriteTree<Integer, Integer> tree, NavigableMap<Integer, Integer> model) {

        static Twin empty() {
            return new Twin(new CopyOnWriteTree<>(Comparator.naturalOrder()), new TreeMap<>());
        }

        Twin copy() {
            return new Twin(tree.copy(), new TreeMap<>(model));
        }

        void put(int key, int value) {
            tree.put(key, value);
            model.put(key, value);
        }

        void remove(int key) {
            tree.remove(key);
            model.remove(key);
        }

        void check(String where) {
            assertEquals(model.size(), tree.size(), where);
            assertEquals(new TreeMap<>(model), content(tree), where);
        }
    }

    @Test
    void doesWhatATreeMapDoesAndSoDoItsCopies() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            List<Twin> twins = new ArrayList<>(List.of(Twin.empty()));
            int keys = 1 + random.nextInt(200);
            for (int i = 0; i < 3000; i++) {
                Twin twin = twins.get(random.nextInt(twins.size()));
                int key = random.nextInt(keys);
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> twin.remove(key);
                    case 3 -> assertEquals(twin.model().get(key), twin.tree().get(key), "seed " + seed);
                    default -> twin.put(key, i);
                }
                if (random.nextInt(50) == 0) {
                    Twin copy = twin.copy();
                    if (twins.size() < 4) {
                        twins.add(copy);
                    } else {
                        twins.set(random.nextInt(4), copy);
                    }
                    String where = "seed " + seed + ", step " + i;
                    twins.forEach(each -> each.check(where));
                    assertEquals(List.copyOf(twin.model().tailMap(key, true).keySet()), keysFrom(twin.tree(), key),
                            where);
                }
            }
            String where = "end of seed " + seed;
            twins.forEach(each -> each.check(where));
        }
    }

    @Test
    void anEmptyTreeHasNothing() {
        CopyOnWriteTree<Integer, Integer> tree = Twin.empty().tree();
        assertNull(tree.get(1));
        tree.remove(1);
        assertEquals(0, tree.size());
        assertEquals(Map.of(), content(tree.copy()));
        assertEquals(List.of(), keysFrom(tree, 0));
    }

    @Test
    void aPathStaysShortWhateverTheOrderOfKeys() {
        AtomicLong comparisons = new AtomicLong();
        CopyOnWriteTree<Integer, Integer> tree = new CopyOnWriteTree<>((left, right) -> {
            comparisons.incrementAndGet();
            return Integer.compare(left, right);
        });
        int keys = 1 << 14;
        for (int key = 0; key < keys; key++) {
            tree.put(key, key);
        }
        // Every second one, so that only removals could have spoilt the balance.
        for (int key = 0; key < keys; key += 2) {
            tree.remove(key);
        }
        for (int key = 1; key < keys; key += 2) {
            comparisons.set(0);
            assertEquals(key, tree.get(key));
            // An AVL tree of n keys is at most 1.44 log2(n) high.
            assertTrue(comparisons.get() <= 19, comparisons + " comparisons for key " + key);
        }
    }

    private static Map<Integer, Integer> content(CopyOnWriteTree<Integer, Integer> tree) {
        Map<Integer, Integer> content = new TreeMap<>();
        int before = -1;
        for (CopyOnWriteTree.Entry<Integer, Integer> entry : tree) {
            assertTrue(before < entry.key(), "keys in order");
            before = entry.key();
            content.put(entry.key(), entry.value());
        }
        return content;
    }

    private static List<Integer> keysFrom(CopyOnWriteTree<Integer, Integer> tree, int first) {
        List<Integer> keys = new ArrayList<>();
        tree.from(first).forEach(entry -> keys.add(entry.key()));
        return keys;
    }
}
