package io.driftless.transport.nio;

/**
 * A host and a port. Immutable.
 *
 * @param host name or address; an IPv6 address without its brackets
 * @param port 0 to 65535
 */
record Address(String host, int port) {

    /** Reads {@code host:port} or {@code [v6]:port}; {@link IllegalArgumentException} naming what is wrong. */
    static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is not host:port");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': an IPv6 address stands in brackets, [::1]:7001");
        }
        int port = parsePort(text.substring(colon + 1));
        if (port < 0 || host.isBlank()) {
            throw new IllegalArgumentException("'" + text + "' is not host:port with a port from 0 to 65535");
        }
        return new Address(host, port);
    }

    private static int parsePort(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 65535 ? -1 : port;
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }

    /** The same host with the port that was really bound. */
    Address withPort(int newPort) {
        return new Address(host, newPort);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
