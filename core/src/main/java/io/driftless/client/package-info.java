/**
 * API: how a program outside the cluster, or beside a node, has commands executed, and asks what they led to.
 *
 * <p>Read {@link io.driftless.client.RaftClient} first, then {@link io.driftless.machine.Outcome}: it says exactly what
 * is known about a command, and is never an exception. {@link io.driftless.client.ClientConfig} says where the cluster
 * is. {@link io.driftless.client.MemberClient} asks one given member for its status, or queries its state machine.
 *
 * <p>Inside: {@code ClusterClient} keeps the calls and their deadlines, {@code Router} finds the leader, {@code Link}
 * is one connection, {@code Watch} is the clock, and {@code Call} decides once what became of a command. {@code Lane}
 * says how a command is asked for, and what the end of an attempt means. In a {@code SessionLane} a command is executed
 * exactly once, however often it is sent (R21, R24, R25). In a {@code PlainLane} it is sent again only if it was
 * certainly not executed. {@code Queries} keeps the queries, {@code ReadRoute} chooses whom to ask, and {@code Read}
 * is one query, which is asked again elsewhere until its deadline.
 *
 * <p>Works over any {@link io.driftless.transport.ClientTransport}. Never touches an Agrona buffer, so that a client's
 * JVM needs no flag.
 */
@NullMarked
package io.driftless.client;

import io.driftless.machine.Outcome;
import org.jspecify.annotations.NullMarked;
