/**
 * How fast it is, and what bounds it. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.ClusterLoad}: {@code ./murmur bench}, a closed loop against a cluster of real processes.
 *   <li>{@link io.murmur.benchmarks.driver}: which calls are made, how many at once, and how long they took;
 *       {@link io.murmur.benchmarks.MurmurTarget}: how Murmur's client makes them.
 *   <li>{@link io.murmur.benchmarks.CpuTimes}, {@link io.murmur.benchmarks.Machine}: what they cost, and on what.
 *   <li>{@link io.murmur.benchmarks.Measurement}: the outcome, for people and as a line of JSON.
 *   <li>{@link io.murmur.benchmarks.HotFrames}: where the time went, from a flight recording.
 *   <li>{@link io.murmur.benchmarks.RedisPeer}: the same sizes against a Redis on the same machine, in the same run.
 *   <li>{@link io.murmur.benchmarks.RedisComparison}: {@code ./murmur bench redis}, Redis's own benchmark against Murmur's port for Redis clients
 *       and against Redis, in turns; {@link io.murmur.benchmarks.RedisProcesses}: the servers it is compared with.
 *   <li>{@link io.murmur.benchmarks.peers}: {@code ./murmur bench peers}, Murmur beside others, each by its own client;
 *       {@link io.murmur.benchmarks.report}: pictures of that.
 *   <li>{@link io.murmur.benchmarks.MemoryUse}: {@code ./murmur bench memory}, what a record costs in memory, here and in Redis; {@link
 *       io.murmur.benchmarks.ProcessMemory} by the kernel, {@link io.murmur.benchmarks.JavaMemory} by the JVM.
 *   <li>{@link io.murmur.benchmarks.Results}: an outcome as files.
 *   <li>{@link io.murmur.benchmarks.hits}: {@code ./murmur bench hits}, hit ratios of real traces at equal bytes.
 *   <li>{@link io.murmur.benchmarks.RestartTime}: {@code ./murmur bench restart}, until a node that was killed serves again.
 *   <li>{@link io.murmur.benchmarks.hours}: {@code ./murmur bench hours}, what calls feel while something goes wrong.
 *   <li>{@link io.murmur.benchmarks.scale}: {@code ./murmur bench scale}, what a cluster of any size costs, computed.
 *   <li>{@link io.murmur.benchmarks.profiles}: {@code ./murmur bench profiles}, flame graphs of the hot paths and what an operation costs.
 *   <li>{@link io.murmur.benchmarks.RingChanges}: a planned change, for whoever has one made under load.
 *   <li>{@link io.murmur.benchmarks.Parts}: {@code ./murmur bench parts}, the JMH benchmarks of {@link io.murmur.benchmarks.jmh}.
 *   <li>{@link io.murmur.benchmarks.TableFormats}: how the format of the tables was chosen.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks;

import org.jspecify.annotations.NullMarked;
