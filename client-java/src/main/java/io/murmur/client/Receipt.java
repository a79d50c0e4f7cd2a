package io.murmur.client;

import io.murmur.kernel.data.Version;

/**
 * A write that is done.
 *
 * @param version what it was stamped with: of two writes to one key, the greater version wins
 * @param acknowledged owners that had it durable when the level was reached
 * @param required owners that the level asked for
 */
public record Receipt(Version version, int acknowledged, int required) {}
