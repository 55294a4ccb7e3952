package io.driftless.ops.torture;

import io.driftless.ops.process.LoopbackPorts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where nodes listen, where others find them, and how they are run. */
interface World extends AutoCloseable {

    /** Where a node listens, {@code host:port}. */
    String bind(String name);

    /** Where others find it: its address in the member list. */
    String shown(String name);

    /** What a node's command is run by. */
    List<String> prefix(String name);

    /** What lies between them. */
    Links links();

    /** Takes all room from a node's disk. */
    void fill(Server server) throws IOException;

    /** Gives it back. */
    void makeRoom(Server server) throws IOException;

    @Override
    void close();

    /** Loopback with relays; needs no root. */
    static World loopback() throws IOException {
        List<Integer> ports = LoopbackPorts.free(Trio.NODES);
        RelayLinks links = new RelayLinks(ports);
        Map<String, String> binds = new TreeMap<>();
        for (int i = 0; i < ports.size(); i++) {
            binds.put("n" + (i + 1), "127.0.0.1:" + ports.get(i));
        }
        return new World() {
            @Override
            public String bind(String name) {
                return String.valueOf(binds.get(name));
            }

            @Override
            public String shown(String name) {
                return links.address(name);
            }

            @Override
            public List<String> prefix(String name) {
                return List.of();
            }

            @Override
            public Links links() {
                return links;
            }

            @Override
            public void fill(Server server) throws IOException {
                DiskFault.FULL.begin(server.control());
            }

            @Override
            public void makeRoom(Server server) throws IOException {
                DiskFault.FULL.end(server.control());
            }

            @Override
            public void close() {
                links.close();
            }
        };
    }
}
