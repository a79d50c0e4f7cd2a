/**
 * {@code ./murmur bench peers}: Murmur beside others of its kind. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.peers.PeersCommand}: the command; {@link io.murmur.benchmarks.peers.Cell}: one load of the many;
 *       {@link io.murmur.benchmarks.peers.Folders}: where the servers' data is.
 *   <li>{@link io.murmur.benchmarks.peers.Contender}: one side, which is {@link io.murmur.benchmarks.peers.Servers} and a client;
 *       {@link io.murmur.benchmarks.peers.Contenders}: all of them.
 *   <li>{@link io.murmur.benchmarks.peers.Comparison}: a round, in turns; {@link io.murmur.benchmarks.peers.ClientProcess}: who asks;
 *       {@link io.murmur.benchmarks.peers.ServerUsage}: what it costs the servers.
 *   <li>{@link io.murmur.benchmarks.peers.Turn}: what a turn has shown; {@link io.murmur.benchmarks.peers.Console} and
 *       {@link io.murmur.benchmarks.peers.Report}: how that is told; {@link io.murmur.benchmarks.peers.Revision}: of which Murmur.
 *   <li>{@link io.murmur.benchmarks.peers.MurmurServers} with {@link io.murmur.benchmarks.peers.MurmurDriver}.
 *   <li>{@link io.murmur.benchmarks.peers.RedisServers} with {@link io.murmur.benchmarks.peers.RedisDriver}, which asks by
 *       {@link io.murmur.benchmarks.peers.RedisTarget} or {@link io.murmur.benchmarks.peers.WaitingTarget}.
 *   <li>{@link io.murmur.benchmarks.peers.CassandraServers}, {@link io.murmur.benchmarks.peers.HazelcastServers} and
 *       {@link io.murmur.benchmarks.peers.InfinispanServers} start what the Maven profile {@code peers} has brought:
 *       {@link io.murmur.benchmarks.peers.PeerProcesses} from {@link io.murmur.benchmarks.peers.PeerModule}s, one with another
 *       {@link io.murmur.benchmarks.peers.Jdk}.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
