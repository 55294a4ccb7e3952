package io.driftless.client;

import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.QueryOutcome;
import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a router knows of its addresses, for the reason and the line that a rejected call gets. Guarded by the router's
 * lock.
 */
final class Findings {
    private enum Kind { CONNECTING, REACHED, UNREACHABLE, NOT_DRIFTLESS, OTHER_CLUSTER }

    private record Finding(Kind kind, String text) { }

    private final List<String> addresses;
    private final Map<String, Finding> byAddress = new LinkedHashMap<>();

    Findings(List<String> addresses) {
        this.addresses = addresses;
    }

    void clear() {
        byAddress.clear();
    }

    void connecting(String address) {
        byAddress.putIfAbsent(address, new Finding(Kind.CONNECTING, "no answer yet"));
    }

    void connected(String address) {
        byAddress.put(address, new Finding(Kind.REACHED, "connected"));
    }

    /** A server was asked for the session; one that does not lead would have said so. */
    void asked(String address) {
        byAddress.put(address, new Finding(Kind.REACHED, "connected, and has not answered yet if it leads and gives a "
                + "session"));
    }

    void notLeader(String address, String why) {
        byAddress.put(address, new Finding(Kind.REACHED, "not the leader"
                + (why.isEmpty() ? "" : ", " + why)));
    }

    /** A server could not answer a query. */
    void refused(String address, String why) {
        byAddress.put(address, new Finding(Kind.REACHED, why));
    }

    void unreachable(String address, String why) {
        put(address, Kind.UNREACHABLE, why);
    }

    void failed(String address, Exception why) {
        Kind kind = why instanceof ClientTransport.OtherClusterException ? Kind.OTHER_CLUSTER
                : why instanceof ClientTransport.NotDriftlessException ? Kind.NOT_DRIFTLESS : Kind.UNREACHABLE;
        put(address, kind, why.getMessage() == null ? why.toString() : why.getMessage());
    }

    private void put(String address, Kind kind, String why) {
        // Addresses that nodes named come and go; those that were configured stay.
        if (addresses.contains(address)) {
            // Some begin with the address, which stands before it anyway.
            byAddress.put(address, new Finding(kind, why.startsWith(address + " ")
                    ? why.substring(address.length() + 1) : why));
        } else {
            byAddress.remove(address);
        }
    }

    /** Whether nothing but strangers was met, everywhere. */
    boolean isHopeless() {
        return isHopeless(addresses);
    }

    /** The same for who looks only at these of the addresses, and at those that nodes named. */
    boolean isHopeless(List<String> some) {
        return byAddress.keySet().containsAll(some) && byAddress.entrySet().stream()
                .filter(entry -> some.contains(entry.getKey()) || !addresses.contains(entry.getKey()))
                .map(entry -> entry.getValue().kind)
                .allMatch(kind -> kind == Kind.NOT_DRIFTLESS || kind == Kind.OTHER_CLUSTER);
    }

    /** Of a command. */
    Outcome rejection() {
        Reason reason = switch (reason()) {
            case REACHED -> Reason.NO_LEADER;
            case OTHER_CLUSTER -> Reason.OTHER_CLUSTER;
            case NOT_DRIFTLESS -> Reason.NOT_DRIFTLESS;
            case UNREACHABLE, CONNECTING -> Reason.UNREACHABLE;
        };
        return new Outcome.Rejected(reason, line(), Duration.ZERO);
    }

    /** Of a query. */
    QueryOutcome failure() {
        QueryOutcome.Reason reason = switch (reason()) {
            case REACHED -> QueryOutcome.Reason.NO_LEADER;
            case OTHER_CLUSTER -> QueryOutcome.Reason.OTHER_CLUSTER;
            case NOT_DRIFTLESS -> QueryOutcome.Reason.NOT_DRIFTLESS;
            case UNREACHABLE, CONNECTING -> QueryOutcome.Reason.UNREACHABLE;
        };
        return new QueryOutcome.Failed(reason, line());
    }

    private Kind reason() {
        return has(Kind.REACHED) ? Kind.REACHED : has(Kind.OTHER_CLUSTER) ? Kind.OTHER_CLUSTER
                : has(Kind.NOT_DRIFTLESS) ? Kind.NOT_DRIFTLESS : Kind.UNREACHABLE;
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        byAddress.forEach((address, finding) ->
                line.append(line.isEmpty() ? "" : "; ").append(address).append(": ").append(finding.text));
        return line.isEmpty() ? "no address was tried yet" : line.toString();
    }

    private boolean has(Kind kind) {
        return byAddress.values().stream().anyMatch(finding -> finding.kind == kind);
    }
}
