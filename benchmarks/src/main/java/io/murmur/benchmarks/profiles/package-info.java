/**
 * Where the time of the hot paths goes. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.profiles.ProfilesCommand}: {@code ./murmur bench profiles}; {@link
 *       io.murmur.benchmarks.profiles.HotPath}: what is profiled.
 *   <li>{@link io.murmur.benchmarks.profiles.Load}: what keeps the nodes busy, by {@link io.murmur.benchmarks.profiles.NativeLoad Murmur's
 *       client} or {@link io.murmur.benchmarks.profiles.RedisLoad Redis' benchmark}.
 *   <li>{@link io.murmur.benchmarks.profiles.Profiler}: measures and records; {@link io.murmur.benchmarks.profiles.ProcessUse}, {@link
 *       io.murmur.benchmarks.profiles.SystemCalls}, {@link io.murmur.benchmarks.profiles.NodeCounters}: by the kernel, by perf and by the nodes'
 *       own count; {@link io.murmur.benchmarks.profiles.Recorder}: by each JVM.
 *   <li>{@link io.murmur.benchmarks.profiles.Samples}: what a recording tells; {@link io.murmur.benchmarks.profiles.CallTree}: its stacks,
 *       merged, of each {@link io.murmur.benchmarks.profiles.Method}; {@link io.murmur.benchmarks.profiles.Work}, {@link
 *       io.murmur.benchmarks.profiles.ThreadRole}: what a stack and a thread are counted for.
 *   <li>{@link io.murmur.benchmarks.profiles.Profile}: the outcome for a path; {@link io.murmur.benchmarks.profiles.ProfilePage}: all of them as a
 *       page with pictures.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.profiles;

import org.jspecify.annotations.NullMarked;
