package io.driftless.node.driver;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** Stands in for one of the node's neighbours, of which a test needs a method or two. */
final class StandIn {

    private StandIn() { }

    /** A {@code type}, an interface, all of whose methods {@code handler} answers. */
    static <T> T of(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
