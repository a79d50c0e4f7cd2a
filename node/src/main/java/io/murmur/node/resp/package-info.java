/**
 * The port for Redis clients: RESP2 and RESP3. It knows the commands' frame and what they ask of the cluster, not how the cluster does it.
 *
 * <ul>
 *   <li>{@link io.murmur.node.resp.Command}: a command and what clients are told of it; {@link io.murmur.node.resp.CommandGroup}: commands
 *       that belong together; {@link io.murmur.node.resp.Commands}: all there are; {@link io.murmur.node.resp.KeyPlaces}: which words are
 *       keys.
 *   <li>{@link io.murmur.node.resp.Call}: a command on its way: its {@link io.murmur.node.resp.Request}, the {@link
 *       io.murmur.node.resp.Session} of its connection, its {@link io.murmur.node.resp.Levels}, and its {@link io.murmur.node.resp.Reply};
 *       {@link io.murmur.node.resp.Refusal}: what a command throws that is not carried out as it was said.
 *   <li>{@link io.murmur.node.resp.Keyspace}: what commands ask of the cluster.
 * </ul>
 */
@NullMarked
package io.murmur.node.resp;

import org.jspecify.annotations.NullMarked;
