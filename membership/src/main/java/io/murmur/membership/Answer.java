package io.murmur.membership;

/** What became of a change that was asked for. Three outcomes, never two. */
public sealed interface Answer {

    /**
     * It has begun, or is done when it moves nothing; so it is too when the ring had it already.
     *
     * @param epoch of a ring that shows it
     */
    record Begun(long epoch) implements Answer {}

    /**
     * It has not begun, and will not.
     *
     * @param why for people, with the remedy
     * @param isForNow whether the same may be granted later
     */
    record Refused(String why, boolean isForNow) implements Answer {}

    /** It may have begun, or may still begin: the ring will tell. */
    record Unknown(String why) implements Answer {}
}
