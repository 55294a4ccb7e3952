package io.driftless.node;

/**
 * A host and a port. Immutable.
 *
 * @param host name or address; an IPv6 address without its brackets
 * @param port 0 to 65535
 */
record HostPort(String host, int port) {

    /** Reads {@code host:port} or {@code [v6]:port}; {@link IllegalArgumentException} naming what is wrong. */
    static HostPort parse(String text) {
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
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= 65535 && !host.isBlank()) {
                return new HostPort(host, port);
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw new IllegalArgumentException("'" + text + "' is not host:port with a port from 0 to 65535");
    }
}
