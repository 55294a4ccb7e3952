package io.driftless.ops.command;

import io.driftless.client.ClientConfig;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.transport.HostPort;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that talks to a cluster takes. */
final class ClusterOptions {

    private static final String VARIABLE = "DRIFTLESS_CLUSTER";

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--cluster", paramLabel = "HOST:PORT,...",
            description = "Members of the cluster, with or without their names (n1=HOST:PORT); some are enough"
                    + " (status asks just these). Default: $" + VARIABLE + ".")
    private @Nullable String cluster;

    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "5s", description =
            "How long to wait for an answer. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofSeconds(5);

    @Option(names = "--json", description = "One JSON object per line on standard output.")
    private boolean json;

    /** The addresses, checked and without names; {@link CommandFailedException} of bad usage. */
    List<String> addresses() {
        List<String> addresses = written().stream().map(ClientConfig::addressOf).toList();
        addresses.forEach(address -> check("--cluster", address));
        return addresses;
    }

    /** The name before each address, {@code n1=HOST:PORT}; empty where there is none. */
    List<String> names() {
        return written().stream().map(ClusterOptions::nameOf).toList();
    }

    /** The name before an address; empty where there is none. */
    static String nameOf(String member) {
        return member.substring(0, Math.max(0, member.indexOf('='))).strip();
    }

    /** The address of one member, given by {@code option} as an address or as a name that stands before one. */
    String member(String option, String member) {
        int named = names().indexOf(member.strip());
        if (named >= 0 && !member.isBlank()) {
            return addresses().get(named);
        }
        if (member.indexOf(':') < 0) {
            throw CommandFailedException.usage(option + ": '" + member + "' is neither HOST:PORT nor a name that"
                    + " --cluster has, such as n2 in n2=HOST:PORT");
        }
        String address = ClientConfig.addressOf(member);
        check(option, address);
        return address;
    }

    /** Whether members were given with this command, and not by the environment. */
    boolean isGiven() {
        return cluster != null;
    }

    private List<String> written() {
        String text = cluster != null ? cluster : System.getenv(VARIABLE);
        if (text == null || text.isBlank()) {
            throw CommandFailedException.usage("no cluster given: use --cluster HOST:PORT,... or set " + VARIABLE);
        }
        return List.of(text.strip().split("\\s*,\\s*"));
    }

    /** The addresses as one text. */
    String joined() {
        return String.join(",", addresses());
    }

    Duration timeout() {
        return timeout;
    }

    boolean isJson() {
        return json;
    }

    /** {@link CommandFailedException} of bad usage, which begins with {@code option}, if that is no address. */
    static void check(String option, String address) {
        try {
            if (HostPort.parse(address).port() > 0) {
                return;
            }
        } catch (IllegalArgumentException notAnAddress) {
            throw CommandFailedException.usage(option + ": " + notAnAddress.getMessage());
        }
        throw CommandFailedException.usage(option + ": '" + address + "': nobody can be reached at port 0");
    }
}
