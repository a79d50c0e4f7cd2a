package io.murmur.benchmarks.peers.infinispan;

import java.io.IOException;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;

/** What the members that own data and the one that asks have in common. */
final class Members {

    static final String CACHE = "cells";

    private static final int OWNERS = 3;

    private Members() {}

    /** Joins: the cluster is told by system properties, which JGroups' own settings are made of as well. */
    static DefaultCacheManager join() throws IOException {
        return new DefaultCacheManager("infinispan-benchmark.xml");
    }

    /** Every entry is on three owners before a write is acknowledged. */
    static ConfigurationBuilder cache() {
        ConfigurationBuilder cache = new ConfigurationBuilder();
        cache.clustering().cacheMode(CacheMode.DIST_SYNC).hash().numOwners(OWNERS);
        // Keys and values are what they are, without a form of their own to be made of them.
        cache.encoding().mediaType(MediaType.APPLICATION_OCTET_STREAM);
        cache.statistics().disable();
        return cache;
    }
}
