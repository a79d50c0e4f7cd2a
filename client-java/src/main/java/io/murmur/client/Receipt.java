package io.murmur.client;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Trace;
import java.util.Optional;

/**
 * A write that is done.
 *
 * @param version what it was stamped with: of two writes to one key, the greater version wins
 * @param acknowledged owners that had it durable when the level was reached, and stand-ins that were counted in the place of others
 * @param required owners that the level asked for
 * @param standIns of those acknowledged, the stand-ins: they hold the write for owners that are away, and hand it over when these are back.
 *     None, unless the call was {@link CallOptions#withSloppyQuorum() sloppy} or at level ANY.
 * @param trace how it came about, when that {@linkplain CallOptions#withTrace was asked for}
 */
public record Receipt(Version version, int acknowledged, int required, int standIns, Optional<Trace> trace) {}
