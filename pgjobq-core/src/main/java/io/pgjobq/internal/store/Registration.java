package io.pgjobq.internal.store;

/**
 * One registration of a node. A restored database gives numbers out again, so that two processes may come with the same one;
 * the token tells them apart.
 *
 * @param node the node's number
 * @param token what the node drew at random when it registered
 */
public record Registration(int node, long token) {}
