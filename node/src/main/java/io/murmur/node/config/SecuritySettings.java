package io.murmur.node.config;

import java.nio.file.Path;

/** The files that security goes by; none of them has been looked at. */
public record SecuritySettings(Path certificate, Path key, Path trust, Path peerTrust, Path users) {}
