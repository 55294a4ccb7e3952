package io.driftless.node;

import java.util.regex.Pattern;

/**
 * A host and a port. Immutable.
 *
 * @param host name or address; an IPv6 address without its brackets
 * @param port 0 to 65535
 */
record HostPort(String host, int port) {

    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?");

    /** Reads {@code host:port} or {@code [v6]:port}; {@link IllegalArgumentException} naming what is wrong. */
    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is not host:port");
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean isV6 = host.startsWith("[") && host.endsWith("]");
        if (isV6) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text
                    + "': an IPv6 address stands in brackets and has a port behind it, [::1]:7001");
        }
        if (!(isV6 ? V6 : NAME).matcher(host).matches()) {
            throw new IllegalArgumentException("'" + text + "' has no host name or address before its port");
        }
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("'" + text + "' is not host:port with a port from 0 to 65535");
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
