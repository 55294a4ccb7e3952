package io.driftless.ops.torture;

import io.driftless.ops.torture.Relay.Way;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A relay in front of each node. Who talks to whom stands in the greeting; of two servers either may have dialed. */
final class RelayLinks implements Links {

    private final SortedMap<String, Relay> relays = new TreeMap<>();

    /** {@code ports} are those that {@code n1, n2...} listen on, on loopback. */
    RelayLinks(List<Integer> ports) throws IOException {
        for (int i = 0; i < ports.size(); i++) {
            relays.put("n" + (i + 1), Relay.before(new InetSocketAddress("127.0.0.1", ports.get(i)), Greeting::read));
        }
    }

    /** Where others reach a node. */
    String address(String name) {
        return relay(name).address();
    }

    private Relay relay(String name) {
        Relay relay = relays.get(name);
        if (relay == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return relay;
    }

    private void hold(String from, String to, boolean held) {
        if (relays.containsKey(to)) {
            relay(to).hold(from, Way.THERE, held);
        }
        if (relays.containsKey(from)) {
            relay(from).hold(to, Way.BACK, held);
        }
    }

    @Override
    public void cut(String from, String to) {
        hold(from, to, true);
    }

    @Override
    public void heal(String from, String to) {
        hold(from, to, false);
    }

    @Override
    public void delay(String one, String other, Duration delay) {
        for (Way way : Way.values()) {
            if (relays.containsKey(one)) {
                relay(one).delay(other, way, delay);
            }
            if (relays.containsKey(other)) {
                relay(other).delay(one, way, delay);
            }
        }
    }

    @Override
    public int reset(String one, String other) {
        return (relays.containsKey(one) ? relay(one).reset(other) : 0)
                + (relays.containsKey(other) ? relay(other).reset(one) : 0);
    }

    @Override
    public long met(String from, String to) {
        return (relays.containsKey(to) ? relay(to).waits(from, Way.THERE) : 0)
                + (relays.containsKey(from) ? relay(from).waits(to, Way.BACK) : 0);
    }

    @Override
    public void close() {
        relays.values().forEach(Relay::close);
    }
}
