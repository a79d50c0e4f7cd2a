package io.murmur.handoff;

/** One file of hints, as the shard sees it. */
final class Segment {

    final String name;
    long bytes;
    /** Hints in it that are still needed. */
    int needed;
    /** Whether more may come. */
    boolean isOpen;
    /** Whether it stays until the next start, since it is not known whether what is in it would survive until then. */
    boolean isPinned;
    /** Whether it has been given up for deletion. */
    boolean isGone;

    Segment(String name) {
        this.name = name;
    }
}
