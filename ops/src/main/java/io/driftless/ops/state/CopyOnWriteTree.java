package io.driftless.ops.state;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map whose copy costs nothing at first: {@link #copy} takes constant time, and both maps share their nodes
 * until one of them changes. It is an AVL tree that copies on write: each node names the tree that may change it, and a
 * tree copies every other node on its way before it writes to it.
 *
 * <p>Costs, with n keys:
 * <ul>
 *   <li>Reading and writing take O(log n). Without a copy, nothing is allocated but the node of a new key.
 *   <li>After a copy, a write copies the nodes on its path that were not copied since, 40 bytes each. So a copy costs
 *       at most one more set of nodes, plus the values that were replaced since, for as long as it is referenced.
 *   <li>Nothing is merged when a copy is dropped: what it alone refers to is garbage.
 * </ul>
 *
 * <p>Confined to one thread at a time, and so is each copy, which may be another thread: what two trees share is never
 * written to. The copy must be handed over with a happens-before edge. Keys and values must be immutable.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class CopyOnWriteTree<K, V> implements Iterable<CopyOnWriteTree.Entry<K, V>> {

    /**
     * A key with its value. Only valid until the tree that it came from changes.
     *
     * @param <K> the key
     * @param <V> the value
     */
    public interface Entry<K, V> {

        /** The key. */
        K key();

        /** The value. */
        V value();
    }

    /** Says which tree may change a node. Compared by identity. */
    private static final class Owner { }

    private static final class Node<K, V> implements Entry<K, V> {
        private final Owner owner;
        private K key;
        private V value;
        private @Nullable Node<K, V> left;
        private @Nullable Node<K, V> right;
        private int height = 1;

        Node(Owner owner, K key, V value) {
            this.owner = owner;
            this.key = key;
            this.value = value;
        }

        Node(Owner owner, Node<K, V> original) {
            this(owner, original.key, original.value);
            left = original.left;
            right = original.right;
            height = original.height;
        }

        @Override
        public K key() {
            return key;
        }

        @Override
        public V value() {
            return value;
        }
    }

    private final Comparator<? super K> order;
    private Owner owner = new Owner();
    private @Nullable Node<K, V> root;
    private int size;

    /** An empty map, sorted by {@code order}. */
    public CopyOnWriteTree(Comparator<? super K> order) {
        this.order = order;
    }

    /** A map that has what this one has now. Changes of one are never seen in the other. */
    public CopyOnWriteTree<K, V> copy() {
        CopyOnWriteTree<K, V> copy = new CopyOnWriteTree<>(order);
        copy.root = root;
        copy.size = size;
        // From here on all present nodes are nobody's.
        owner = new Owner();
        return copy;
    }

    /** How many keys there are. */
    public int size() {
        return size;
    }

    /** The value of a key, or null if it has none. */
    public @Nullable V get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int side = order.compare(key, node.key);
            if (side == 0) {
                return node.value;
            }
            node = side < 0 ? node.left : node.right;
        }
        return null;
    }

    /** Sets the value of a key. */
    public void put(K key, V value) {
        if (root != null && get(key) != null) {
            root = replaced(root, key, value);
        } else {
            root = with(root, key, value);
            size++;
        }
    }

    /** Removes a key with its value; does nothing if there is none. */
    public void remove(K key) {
        if (get(key) != null) {
            root = without(root, key);
            size--;
        }
    }

    // Looks at no node beside the path, unlike balanced(), and writes to none that stays as it is: in a large state
    // that would be a cache miss each.
    private Node<K, V> replaced(Node<K, V> node, K key, V value) {
        Node<K, V> mine = owned(node);
        int side = order.compare(key, node.key);
        if (side == 0) {
            mine.value = value;
            return mine;
        }
        Node<K, V> before = present(side < 0 ? mine.left : mine.right);
        Node<K, V> child = replaced(before, key, value);
        if (child != before && side < 0) {
            mine.left = child;
        } else if (child != before) {
            mine.right = child;
        }
        return mine;
    }

    private Node<K, V> with(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(owner, key, value);
        }
        Node<K, V> mine = owned(node);
        if (order.compare(key, node.key) < 0) {
            mine.left = with(mine.left, key, value);
        } else {
            mine.right = with(mine.right, key, value);
        }
        return balanced(mine);
    }

    private @Nullable Node<K, V> without(@Nullable Node<K, V> node, K key) {
        Node<K, V> found = present(node);
        int side = order.compare(key, found.key);
        if (side == 0 && found.left == null) {
            return found.right;
        }
        if (side == 0 && found.right == null) {
            return found.left;
        }
        Node<K, V> mine = owned(found);
        if (side < 0) {
            mine.left = without(mine.left, key);
        } else if (side > 0) {
            mine.right = without(mine.right, key);
        } else {
            Node<K, V> next = least(mine.right);
            mine.right = without(mine.right, next.key);
            mine.key = next.key;
            mine.value = next.value;
        }
        return balanced(mine);
    }

    private static <K, V> Node<K, V> least(@Nullable Node<K, V> node) {
        Node<K, V> least = present(node);
        while (least.left != null) {
            least = least.left;
        }
        return least;
    }

    private Node<K, V> owned(Node<K, V> node) {
        return node.owner == owner ? node : new Node<>(owner, node);
    }

    /** Rotates so that the sides of a node of this tree differ by one at most; they differ by two at most. */
    private Node<K, V> balanced(Node<K, V> mine) {
        int lean = height(mine.left) - height(mine.right);
        if (lean > 1) {
            Node<K, V> left = present(mine.left);
            if (height(left.left) < height(left.right)) {
                mine.left = rotatedLeft(owned(left));
            }
            return rotatedRight(mine);
        }
        if (lean < -1) {
            Node<K, V> right = present(mine.right);
            if (height(right.right) < height(right.left)) {
                mine.right = rotatedRight(owned(right));
            }
            return rotatedLeft(mine);
        }
        measure(mine);
        return mine;
    }

    private Node<K, V> rotatedLeft(Node<K, V> mine) {
        Node<K, V> top = owned(present(mine.right));
        mine.right = top.left;
        top.left = mine;
        measure(mine);
        measure(top);
        return top;
    }

    private Node<K, V> rotatedRight(Node<K, V> mine) {
        Node<K, V> top = owned(present(mine.left));
        mine.left = top.right;
        top.right = mine;
        measure(mine);
        measure(top);
        return top;
    }

    private static <K, V> Node<K, V> present(@Nullable Node<K, V> node) {
        if (node == null) {
            throw new IllegalStateException("a node is not there that was seen");
        }
        return node;
    }

    private static void measure(Node<?, ?> mine) {
        mine.height = 1 + Math.max(height(mine.left), height(mine.right));
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    /** All entries, in the order of their keys. The tree must not change meanwhile. */
    @Override
    public Iterator<Entry<K, V>> iterator() {
        Ascent<K, V> ascent = new Ascent<>();
        ascent.descend(root);
        return ascent;
    }

    /** The entries of all keys at or behind {@code first}, in order. The tree must not change meanwhile. */
    public Iterable<Entry<K, V>> from(K first) {
        return () -> {
            Ascent<K, V> ascent = new Ascent<>();
            Node<K, V> node = root;
            while (node != null) {
                if (order.compare(node.key, first) < 0) {
                    node = node.right;
                } else {
                    ascent.path.push(node);
                    node = node.left;
                }
            }
            return ascent;
        };
    }

    /** Goes up in order. The path has the next node and those above it that are still to come. */
    private static final class Ascent<K, V> implements Iterator<Entry<K, V>> {

        private final Deque<Node<K, V>> path = new ArrayDeque<>();

        void descend(@Nullable Node<K, V> from) {
            for (Node<K, V> node = from; node != null; node = node.left) {
                path.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public Entry<K, V> next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = path.pop();
            descend(node.right);
            return node;
        }
    }
}
