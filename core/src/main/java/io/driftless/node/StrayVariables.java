package io.driftless.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Variables of the environment that look as if they were meant for a node and that nothing reads: a misspelt key, most
 * likely. What Kubernetes sets by itself for a service named {@code driftless} is none of them. Pure.
 */
final class StrayVariables {

    private static final String PREFIX = "DRIFTLESS_";
    private static final Pattern OURS = Pattern.compile("DRIFTLESS[_.-].*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /** What the command and its launcher read. */
    private static final Set<String> OTHERS = Set.of("DRIFTLESS_CLUSTER", "DRIFTLESS_JAVA_HOME", "DRIFTLESS_JAVA_OPTS");
    private static final Pattern SERVICE = Pattern.compile("DRIFTLESS_([A-Z0-9_]+_)?SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)");
    private static final Pattern PORT = Pattern.compile("DRIFTLESS_([A-Z0-9_]+_)?PORT");
    private static final Pattern PORT_PART =
            Pattern.compile("DRIFTLESS_([A-Z0-9_]+_)?PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private StrayVariables() { }

    /** One line for each, in order. */
    static List<String> lines(Map<String, String> environment) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (OURS.matcher(name).matches() && !value.isBlank() && !isRead(name) && !isServiceLink(name, value)) {
                lines.add(name + ": " + hint(name));
            }
        });
        return lines;
    }

    /** Whether Kubernetes sets it, for a service named {@code driftless} or {@code driftless-...}. */
    static boolean isServiceLink(String name, String value) {
        return SERVICE.matcher(name).matches() || PORT_PART.matcher(name).matches()
                || PORT.matcher(name).matches() && LINK.matcher(value).matches();
    }

    private static boolean isRead(String name) {
        if (OTHERS.contains(name)) {
            return true;
        }
        for (ConfigKey key : ConfigKey.values()) {
            if (key.isEnvironmentForm(name)) {
                return true;
            }
        }
        return false;
    }

    private static String hint(String name) {
        String asKey = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replaceAll("[_-]", ".");
        return ConfigKey.nearest(asKey)
                .map(key -> "is not a variable that a node reads; did you mean " + key.environmentName() + "?")
                .orElse("is not a variable that this version knows");
    }
}
