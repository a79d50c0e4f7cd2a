/**
 * Redis clients against real server processes.
 *
 * <ul>
 *   <li>{@link io.murmur.redis.ClientContract}: what an application may expect of any of them, a server killed included.
 *   <li>{@link io.murmur.redis.Client}: a client in those terms, by {@link io.murmur.redis.JedisCalls}, {@link io.murmur.redis.LettuceCalls} and
 *       {@link io.murmur.redis.SpringCalls}.
 *   <li>{@link io.murmur.redis.JedisTest}, {@link io.murmur.redis.JedisClusterTest}, {@link io.murmur.redis.LettuceTest},
 *       {@link io.murmur.redis.LettuceClusterTest}, {@link io.murmur.redis.SpringDataRedisTest}: the clients.
 *   <li>{@link io.murmur.redis.ProgramsTest}: the same of clients in other languages, each a program of its own.
 *   <li>{@link io.murmur.redis.Writers}: who writes while a server is killed.
 *   <li>{@link io.murmur.redis.Servers}: the processes, by {@link io.murmur.redis.MurmurServers}, or {@link io.murmur.redis.RedisServers} to see
 *       that the contract is Redis's; {@link io.murmur.redis.SharedServers} gives them to tests, {@link io.murmur.redis.Endpoint} is where one answers.
 *   <li>{@link io.murmur.redis.Await}: waits on conditions.
 * </ul>
 */
@NullMarked
package io.murmur.redis;

import org.jspecify.annotations.NullMarked;
