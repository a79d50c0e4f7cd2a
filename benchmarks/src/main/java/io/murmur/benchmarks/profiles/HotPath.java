package io.murmur.benchmarks.profiles;

import java.util.Locale;

/** What is profiled; reads first, since writes change what reads find. */
enum HotPath {
    GET_ONE("GET at ONE"),
    GET_QUORUM("GET at QUORUM"),
    REDIS_GET("GET at ONE, redis-benchmark"),
    REDIS_GET_16("GET at ONE, redis-benchmark -P 16"),
    PUT_QUORUM("PUT at QUORUM");

    private final String words;

    HotPath(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** In names of files. */
    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isOfRedis() {
        return this == REDIS_GET || this == REDIS_GET_16;
    }
}
