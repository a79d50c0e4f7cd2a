package io.murmur.node.security;

/** What a user may do with a cache. None is part of another but for {@link #ADMIN}, which comes with both. */
public enum Right {
    READ,
    WRITE,
    /** To read and to write; on all caches also whatever HTTP offers to operators. */
    ADMIN
}
