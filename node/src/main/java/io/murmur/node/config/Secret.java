package io.murmur.node.config;

/** What must not show up in logs or on pages; its {@code toString} does not tell it. */
public record Secret(String value) {

    /** In place of a secret. */
    public static final String MASK = "********";

    @Override
    public String toString() {
        return MASK;
    }
}
