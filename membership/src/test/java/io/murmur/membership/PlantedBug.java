package io.murmur.membership;

import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.NodeSeams;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Mistakes that the simulation must notice; each is made around the code that ships. */
enum PlantedBug {
    NONE,

    /** A voter begins its next life without what it promised and accepted in the last. */
    FORGET_THE_VOTE_AT_RESTART {
        @Override
        RingStore inStore(RingStore store, NodeSeams seams) {
            return new AlteredStore(store) {
                @Override
                public byte @Nullable [] load(String name) throws IOException {
                    return name.equals(RingFiles.VOTE) ? null : super.load(name);
                }
            };
        }
    },

    /** A voter answers, and keeps what it answered after. */
    ANSWER_BEFORE_IT_IS_DURABLE {
        @Override
        RingStore inStore(RingStore store, NodeSeams seams) {
            return keptEarly(store, seams, RingFiles.VOTE);
        }
    },

    /** A node follows a ring, and keeps it after. */
    ADOPT_BEFORE_IT_IS_KEPT {
        @Override
        RingStore inStore(RingStore store, NodeSeams seams) {
            return keptEarly(store, seams, RingFiles.DECIDED);
        }
    },

    /** A proposer overlooks what voters have accepted before. */
    IGNORE_THE_ACCEPTED_RING {
        @Override
        void receive(RingKeeper keeper, NodeId from, RingMessage message) {
            keeper.receive(
                    from,
                    message instanceof RingMessage.Promise promise
                            ? new RingMessage.Promise(promise.id(), promise.epoch(), promise.ballot(), null, null)
                            : message);
        }
    },

    /** A proposer takes one voter's acceptance for two. */
    DECIDE_WITH_ONE_SHORT {
        @Override
        void receive(RingKeeper keeper, NodeId from, RingMessage message) {
            keeper.receive(from, message);
            if (message instanceof RingMessage.Accepted && keeper.ring() != null) {
                for (NodeId voter : keeper.ring().voters()) {
                    if (!voter.equals(from)) {
                        keeper.receive(voter, message);
                        return;
                    }
                }
            }
        }
    };

    RingStore inStore(RingStore store, NodeSeams seams) {
        return store;
    }

    void receive(RingKeeper keeper, NodeId from, RingMessage message) {
        keeper.receive(from, message);
    }

    private static RingStore keptEarly(RingStore store, NodeSeams seams, String early) {
        return new AlteredStore(store) {
            @Override
            public void keep(String name, byte[] content, Runnable kept) {
                if (name.equals(early)) {
                    seams.shard().execute(kept);
                    super.keep(name, content, () -> {});
                } else {
                    super.keep(name, content, kept);
                }
            }
        };
    }

    private abstract static class AlteredStore implements RingStore {
        private final RingStore store;

        AlteredStore(RingStore store) {
            this.store = store;
        }

        @Override
        public void keep(String name, byte[] content, Runnable kept) {
            store.keep(name, content, kept);
        }

        @Override
        public byte @Nullable [] load(String name) throws IOException {
            return store.load(name);
        }
    }
}
