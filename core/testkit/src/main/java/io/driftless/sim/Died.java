package io.driftless.sim;

import io.driftless.node.driver.Engine;

/** Unwinds what a node was doing when it died in the middle of it. Caught by the simulator only. */
final class Died extends Engine.Ended {

    static final Died DIED = new Died();
    private static final long serialVersionUID = 1;

    private Died() {
        super("the simulated process has ended");
    }
}
