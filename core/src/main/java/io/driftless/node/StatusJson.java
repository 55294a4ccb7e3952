package io.driftless.node;

/** SKELETON. */
final class StatusJson {

    private StatusJson() { }

    static String write(NodeStatus status) {
        return "{\"node\":\"" + status.node() + "\"}";
    }
}
