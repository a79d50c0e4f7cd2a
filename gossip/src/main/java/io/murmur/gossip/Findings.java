package io.murmur.gossip;

/** What {@link Hearsay} finds in what it hears. {@code direct} says that the node said it itself. */
interface Findings {

    /** A node was never heard of before. */
    void met(Endpoint endpoint, boolean direct);

    /** Its heartbeat has moved. */
    void lives(Endpoint endpoint, boolean direct);

    /** It is in a new life. */
    void reborn(Endpoint endpoint, boolean direct);

    /** Its attributes are others. */
    void changed(Endpoint endpoint);

    /** The others know the own node in a later life; it is in this generation now. */
    void generationRaised(long generation);
}
