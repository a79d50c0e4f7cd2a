package io.murmur.node.config;

import io.murmur.kernel.CacheSettings;

/**
 * The port for Redis clients.
 *
 * @param port 0 picks a free one
 * @param cache that of clients that have not chosen another
 * @param maxConnections at once
 */
public record RespSettings(int port, CacheSettings cache, int maxConnections) {}
