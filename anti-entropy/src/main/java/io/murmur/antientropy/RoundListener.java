package io.murmur.antientropy;

/** Hears of rounds that this node takes part in, whoever leads them. On the shard's thread. */
public interface RoundListener {

    /** Hears nothing. */
    RoundListener NONE = new RoundListener() {
        @Override
        public void began(int partition) {}

        @Override
        public void completed(int partition) {}
    };

    /** From now on a round compares what the owners hold of this partition: what was missed before, is found. */
    void began(int partition);

    /** The round has been completed among all owners: they have what any of them had when it began. */
    void completed(int partition);
}
