package io.driftless.node.driver;

import io.driftless.raft.ServerId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** When each of the other members was last heard, and that a connection is back. Thread safe. */
final class Contacts {

    /** Within this time of the start, that a connection stands is no news. */
    private static final long NO_NEWS_NS = 1_000_000_000L;

    /** One other member. */
    private static final class Contact {
        private final ReentrantLock lock = new ReentrantLock();
        private final GrowingPause back = new GrowingPause();
        /** When the last connection ended; the start of this node before there was one. */
        private long lostNs;
        private boolean known;
        private volatile long heardNs;
    }

    private final Map<ServerId, Contact> contacts = new TreeMap<>();

    /** With the members, and the time. */
    Contacts(Set<ServerId> members, long nowNs) {
        for (ServerId member : members) {
            Contact contact = new Contact();
            contact.lostNs = nowNs;
            contact.heardNs = nowNs;
            contacts.put(member, contact);
        }
    }

    /** Something came from it. */
    void heard(ServerId member, long nowNs) {
        Contact contact = contacts.get(member);
        if (contact != null) {
            contact.heardNs = nowNs;
        }
    }

    /** When something last came from it. */
    long heardNs(ServerId member) {
        Contact contact = contacts.get(member);
        return contact == null ? 0 : contact.heardNs;
    }

    /** A connection stands; the line to tell of it, if it is news. */
    Optional<String> connected(ServerId member, long nowNs) {
        Contact contact = contacts.get(member);
        if (contact == null) {
            return Optional.empty();
        }
        contact.heardNs = nowNs;
        contact.lock.lock();
        try {
            long apartNs = nowNs - contact.lostNs;
            boolean again = contact.known;
            contact.known = true;
            if (!again && apartNs < NO_NEWS_NS || !contact.back.isDue(nowNs)) {
                return Optional.empty();
            }
            return Optional.of("connected with " + member + (again ? " again" : "") + ", after "
                    + (apartNs < 1_000_000_000L ? apartNs / 1_000_000 + " ms" : Outlook.text(apartNs)));
        } finally {
            contact.lock.unlock();
        }
    }

    /** The connection is gone. */
    void disconnected(ServerId member, long nowNs) {
        Contact contact = contacts.get(member);
        if (contact != null) {
            contact.lock.lock();
            try {
                contact.lostNs = nowNs;
            } finally {
                contact.lock.unlock();
            }
        }
    }
}
