package io.murmur.simulation;

/**
 * Something that must never happen has happened.
 *
 * @param promise what was broken, in a few words
 * @param detail what was seen, for people
 */
public record Violation(String promise, String detail) {

    @Override
    public String toString() {
        return promise + ": " + detail;
    }
}
