package io.driftless.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host and a port. Immutable. No name is ever looked up.
 *
 * @param host name or address; an IPv6 address without its brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {

    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?");
    private static final Pattern V4_LIKE = Pattern.compile("[0-9.]+");
    private static final Pattern V4 = Pattern.compile("(([1-9]?\\d|1\\d\\d|2[0-4]\\d|25[0-5])(\\.(?!$)|$)){4}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?");
    private static final String BROADCAST = "255.255.255.255";

    /**
     * Reads {@code host:port} or {@code [v6]:port}. Throws {@link IllegalArgumentException}, which names what is wrong.
     */
    public static HostPort parse(String text) {
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
        HostPort parsed = new HostPort(host, port(text, port));
        if (isV6 ? parsed.literal().isEmpty() : V4_LIKE.matcher(host).matches() && !V4.matcher(host).matches()) {
            throw new IllegalArgumentException("'" + text + "': '" + host + "' is not an IP address");
        }
        return parsed;
    }

    private static int port(String text, String port) {
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("'" + text + "' is not host:port with a port from 0 to 65535");
        }
        return Integer.parseInt(port);
    }

    /** Whether it stands for every address of a machine. One can listen on such an address but not connect to it. */
    public boolean isWildcard() {
        return literal().filter(InetAddress::isAnyLocalAddress).isPresent();
    }

    /** Whether it is an address on which several machines may listen at once. */
    public boolean isShared() {
        return host.equals(BROADCAST) || literal().filter(InetAddress::isMulticastAddress).isPresent();
    }

    /**
     * Whether only processes on the same machine can reach it, as far as this can be told without looking up a name.
     */
    public boolean isLoopback() {
        return host.equalsIgnoreCase("localhost") || literal().filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /**
     * A text that is the same for two ways of writing the same host and port. The same address on two interfaces is two
     * hosts.
     */
    public String canonical() {
        int zone = host.indexOf('%');
        return literal().map(address -> address.getHostAddress() + (zone < 0 ? "" : host.substring(zone)))
                .orElse((host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT))
                + " " + port;
    }

    /** The address, if the host is one and not a name. */
    private Optional<InetAddress> literal() {
        if (host.indexOf(':') < 0 && !V4.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            // The zone of an IPv6 address names an interface, which another machine need not have. What is left is an
            // address by its characters, so that nothing is looked up.
            int zone = host.indexOf('%');
            return Optional.of(InetAddress.getByName(zone < 0 ? host : host.substring(0, zone)));
        } catch (UnknownHostException malformed) {
            return Optional.empty();
        }
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
