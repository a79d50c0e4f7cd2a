package io.murmur.node.security;

import java.util.Map;
import java.util.Set;

/**
 * Somebody who may do something.
 *
 * @param rights by cache; those under {@link #ANY_CACHE} hold for every cache, in addition to its own
 */
public record User(String name, SecretHash secret, Map<String, Set<Right>> rights) {

    /** In the place of a cache's name, which it could not be. */
    public static final String ANY_CACHE = "*";

    public boolean may(Right right, String cache) {
        return has(right, cache) || has(right, ANY_CACHE);
    }

    private boolean has(Right right, String cache) {
        Set<Right> own = rights.get(cache);
        return own != null && (own.contains(right) || own.contains(Right.ADMIN));
    }
}
