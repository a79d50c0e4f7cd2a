/**
 * The Java client.
 *
 * <ul>
 *   <li>{@link io.murmur.client.MurmurClient}: a cluster, as an application sees it; start here.
 *   <li>{@link io.murmur.client.Cache}, {@link io.murmur.client.BlockingCache}: a named cache, asynchronous and blocking.
 *   <li>{@link io.murmur.client.CallOptions}: level, time to live and timeout of one call.
 *   <li>{@link io.murmur.client.Codec}: keys and values to bytes and back.
 *   <li>{@link io.murmur.client.Read}, {@link io.murmur.client.Receipt}, {@link io.murmur.client.Change}, {@link io.murmur.client.Batch}: what calls answer.
 *   <li>{@link io.murmur.client.MurmurException}: how calls fail, and what is known of their effect.
 * </ul>
 */
@NullMarked
package io.murmur.client;

import org.jspecify.annotations.NullMarked;
