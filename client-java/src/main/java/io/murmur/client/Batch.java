package io.murmur.client;

import java.util.Map;

/**
 * What became of each key of a call of several: there is no all or nothing.
 *
 * @param done keys that succeeded: of a getAll only those with a value, of a putAll all
 * @param failed keys that failed, and why
 */
public record Batch<K, T>(Map<K, T> done, Map<K, MurmurException> failed) {}
